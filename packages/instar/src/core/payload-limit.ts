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

/** As one JSON text would be. */
function sizeOf(record: SessionRecord): number {
  const { flash, returnTo } = record
  const parts = [...record.data.texts].map(([key, text]) => `${JSON.stringify(key)}:${text}`)
  const rest = JSON.stringify({ flash, returnTo }).slice(1)
  return bytesOf(`{"data":{${parts.join()}}${rest === '}' ? '' : ','}${rest}`)
}

const bytesOf = (text: string): number => new TextEncoder().encode(text).length

function tooLarge(limit: number, size: number, { data, flash, returnTo }: SessionRecord): InstarError {
  const parts = [
    ...[...data.texts].map(([key, text]) => [`'${key.slice(0, 100)}'`, text] as const),
    ['the flashes', JSON.stringify(flash ?? [])] as const,
    ['returnTo', JSON.stringify(returnTo ?? '')] as const,
  ]
  const [largest = '', bytes = 0] = parts.map(([name, text]) => [name, bytesOf(text)] as const).sort((left, right) => right[1] - left[1])[0] ?? []
  return new InstarError(
    'payload_too_large',
    `The session would hold ${size} bytes, and the limit is ${limit} (payloadLimit). The largest part is ${largest} with ${bytes}. Nothing of the write was stored. Keep large things in a database of your own and their id in the session.`,
  )
}
