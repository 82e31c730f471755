import { InstarError } from './errors.ts'
import { encodeRecord, type SessionRecord } from './session-record.ts'

/** UTF-16 units become at most so many bytes of UTF-8. */
const MOST_BYTES = 3

/**
 * The payload of a record. Throws `payload_too_large` where what the application keeps in it is over the limit and more than it was before:
 * what is there already may stay or shrink, so that a limit that was lowered logs nobody out.
 */
export function encodeWithin(limit: number, record: SessionRecord, before?: SessionRecord): string {
  const payload = encodeRecord(record)
  if (payload.length * MOST_BYTES <= limit) return payload
  const size = sizeOf(record)
  if (size <= limit || (before && size <= sizeOf(before))) return payload
  throw tooLarge(limit, size, record)
}

function sizeOf({ data, flash, returnTo }: SessionRecord): number {
  return bytesOf({ data, flash, returnTo })
}

const bytesOf = (value: unknown): number => new TextEncoder().encode(JSON.stringify(value)).length

function tooLarge(limit: number, size: number, { data, flash, returnTo }: SessionRecord): InstarError {
  const parts = [
    ...Object.entries(data).map(([key, value]) => [`'${key.slice(0, 100)}'`, value] as const),
    ['the flashes', flash ?? []] as const,
    ['returnTo', returnTo ?? ''] as const,
  ]
  const [largest = '', bytes = 0] = parts.map(([name, value]) => [name, bytesOf(value)] as const).sort((left, right) => right[1] - left[1])[0] ?? []
  return new InstarError(
    'payload_too_large',
    `The session would hold ${size} bytes, and the limit is ${limit} (payloadLimit). The largest part is ${largest} with ${bytes}. Nothing of the write was stored. Keep large things in a database of your own and their id in the session.`,
  )
}
