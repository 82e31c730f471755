import { InstarError } from './errors.ts'
import type { Policy } from './policy.ts'
import { changeRow, type Opened } from './row-writer.ts'
import type { Proof } from './session-record.ts'
import { hashSecret, mintSecret, type SessionToken } from './token.ts'

export interface Elevated {
  readonly token: SessionToken
  /** What the new token is worth; the old one stays worth what it was, until the new one is presented and ends it. */
  readonly proof: Proof
  readonly opened: Opened
}

/** Writes the hash of a next secret, and what it will be worth, into the row that the request opened; throws `session_ended` when it ended. */
export async function performElevation<User>(
  policy: Policy<User>,
  opened: Opened,
  token: SessionToken,
  method: string,
  level: number | undefined,
): Promise<Elevated> {
  const secret = mintSecret()
  const presented = hashSecret(token.secret)
  let proof: Proof | undefined
  const changed = await changeRow(policy, opened.row, ({ row, record }) => {
    const isOwnNext = record.next?.secretHash === presented // From an earlier elevation of this very request.
    // Otherwise an elevation elsewhere took effect: this request's token is dead, and what it proves must not revive it.
    if (row.secretHash !== presented && !isOwnNext) return undefined
    const before = isOwnNext ? record.next : record.proof
    const methods = { ...before?.methods, [method]: policy.now() }
    proof = { methods, level: level ?? Math.max(before?.level ?? 0, Object.keys(methods).length) }
    return { record: { ...record, next: { ...proof, secretHash: hashSecret(secret) } } }
  })
  if (!changed || !proof)
    throw new InstarError(
      'session_ended',
      'The session ended, or was elevated elsewhere, while this elevation was under way. Nothing was elevated; start again.',
    )
  return { token: { id: token.id, secret }, proof, opened: changed }
}
