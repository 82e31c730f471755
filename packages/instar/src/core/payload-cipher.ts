import { fromBase64url, sha256, toBase64url } from '#platform'
import { InstarError } from './errors.ts'
import { unreadablePayload } from './session-record.ts'
import type { SessionRow, SessionStore } from './session-store.ts'

/** How payloads are encrypted at rest. */
export interface EncryptionOptions {
  /** Keys of 32 random bytes as base64 or base64url. The first one encrypts, all of them decrypt: put a new one first, and drop an old one when no row of its time is left. */
  readonly keys: readonly string[]
  /** Whether payloads are still stored as they are, while those that are encrypted are read already: for the first step of switching it on, until every process can read them. Default false. */
  readonly writePlain?: boolean
  /** Whether payloads that were stored before encryption was switched on are read. They are not protected from who can write to the store. Default false. */
  readonly readPlain?: boolean
}

interface RingKey {
  /** Tells which key a payload was sealed with; made of the key by SHA-256, so that nobody has to name keys. */
  readonly id: string
  readonly key: ReturnType<typeof crypto.subtle.importKey>
}

/** The option, checked. */
export interface Encryption {
  readonly ring: readonly RingKey[]
  readonly readPlain: boolean
  readonly writePlain: boolean
}

const MARK = 'enc1'
const IV_BYTES = 12
const KEY_BYTES = 32

/** The keys of the option, checked; throws `bad_option`, which never holds a key. */
export function checkedEncryption(options: EncryptionOptions | undefined): Encryption | undefined {
  if (options === undefined) return undefined
  if (typeof options !== 'object' || options === null) throw new InstarError('bad_option', `encryption is ${options}. Write { keys: [...] }, or leave it out.`)
  const { keys, readPlain = false, writePlain = false } = options
  for (const [name, value] of Object.entries({ readPlain, writePlain }))
    if (typeof value !== 'boolean') throw new InstarError('bad_option', `encryption.${name} is ${JSON.stringify(value)}. Use true or false.`)
  if (!Array.isArray(keys) || keys.length === 0) throw new InstarError('bad_option', 'encryption.keys is not a list of keys. Give it at least one.')
  return { ring: keys.map(importKey), readPlain: readPlain || writePlain, writePlain }
}

function importKey(text: unknown, index: number): RingKey {
  const bytes = typeof text === 'string' ? fromBase64url(text.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')) : undefined
  if (bytes?.length !== KEY_BYTES)
    throw new InstarError(
      'bad_option',
      `encryption.keys[${index}] is not a key of ${KEY_BYTES} bytes as base64. Make one with: node -p "crypto.randomBytes(${KEY_BYTES}).toString('base64url')".`,
    )
  const id = sha256(`instar payload key\n${toBase64url(bytes)}`).slice(0, 8)
  return { id, key: crypto.subtle.importKey('raw', bytes, 'AES-GCM', false, ['encrypt', 'decrypt']) }
}

/**
 * The store with its payloads sealed by AES-256-GCM (NIST SP 800-38D), each under a random 96-bit nonce. All columns of the row are authenticated with it:
 * who can write to the store can't make a session, move a payload to another row, or put in a hash of a secret of their own; an older state of a whole row they can put back.
 * What can't be opened makes `row_unreadable`, never an empty session.
 */
export function sealingStore(store: SessionStore, { ring, readPlain, writePlain }: Encryption): SessionStore {
  const [newest] = ring as [RingKey]

  /** The row as it is stored when its version has become this. */
  const sealed = async (row: SessionRow, version: number): Promise<SessionRow> => {
    if (writePlain) return row
    const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES))
    const text = new TextEncoder().encode(row.payload)
    const bytes = await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData: columnsOf(row, version) }, await newest.key, text)
    return { ...row, payload: [MARK, newest.id, toBase64url(iv), toBase64url(new Uint8Array(bytes))].join('.') }
  }

  const opened = async (row: SessionRow): Promise<SessionRow> => {
    const [mark, id, iv = '', bytes = '', more] = row.payload.split('.')
    if (mark !== MARK || more !== undefined) {
      return readPlain
        ? row
        : { ...row, payload: unreadablePayload('its payload is not encrypted. While payloads of before are still in use, set encryption.readPlain') }
    }
    const found = ring.find((key) => key.id === id)
    if (!found) return { ...row, payload: unreadablePayload(`its payload is encrypted with the key ${id}, which is not in encryption.keys`) }
    try {
      const text = await crypto.subtle.decrypt(
        { name: 'AES-GCM', iv: fromBase64url(iv) as Uint8Array<ArrayBuffer>, additionalData: columnsOf(row, row.version) },
        await found.key,
        fromBase64url(bytes) as Uint8Array<ArrayBuffer>,
      )
      return { ...row, payload: new TextDecoder().decode(text) }
    } catch {
      return { ...row, payload: unreadablePayload('it was altered by somebody who does not have the key') }
    }
  }

  return {
    create: async (row) => store.create(await sealed(row, row.version)),
    update: async (row) => store.update(await sealed(row, row.version + 1)),
    async find(id) {
      const row = await store.find(id)
      return row && opened(row)
    },
    listByUser: async (userId) => Promise.all((await store.listByUser(userId)).map(opened)),
    delete: (id) => store.delete(id),
    deleteByUser: (userId, except) => store.deleteByUser(userId, except),
    deleteAll: () => store.deleteAll(),
    deleteExpired: () => store.deleteExpired(),
  }
}

function columnsOf({ id, userId, secretHash, expiresAt, endsAt }: SessionRow, version: number): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify([id, userId, secretHash, version, expiresAt, endsAt]))
}
