import { InstarError } from './errors.ts'
import { deepFreeze, type Json } from './json.ts'
import { RecordData } from './record-data.ts'
import type { SessionRow } from './session-store.ts'

/** A message for the next page, with an id so that showing it removes it and nothing else. */
export interface FlashItem {
  readonly id: string
  readonly type: string
  readonly message: Json
}

/** What a login's current secret is worth. */
export interface Proof {
  readonly level: number
  /** When each method was last proven, in Unix milliseconds. */
  readonly methods: { readonly [method: string]: number }
}

/** A step-up that takes effect when its secret is first presented. */
export interface NextProof extends Proof {
  readonly secretHash: string
}

/** What stays of a row that a login, a logout or a renewal retired, for a while and for events only. */
export interface Tombstone {
  readonly retiredBy: 'login' | 'logout' | 'renewal'
  /** Of what opened the row until then, would have opened it next, or did before the last elevation. */
  readonly secretHashes: readonly string[]
  /** Whose login retired it, or who logged out. */
  readonly userId?: string
  /** The row that took its place. */
  readonly successor?: string
}

/** A row's payload, decoded. Fields that this version does not know are kept as they came. */
export interface SessionRecord {
  readonly v: number
  readonly createdAt: number
  readonly data: RecordData
  readonly flash?: readonly FlashItem[]
  readonly returnTo?: string
  readonly tombstone?: Tombstone
  // Of a login only:
  readonly proof?: Proof
  readonly next?: NextProof
  /** The hash that the last elevation replaced. */
  readonly previousHash?: string
  readonly stamp?: string
  readonly remember?: boolean
  /** When its use was last noted; absent until its cookie came back for the first time. */
  readonly seenAt?: number
  readonly device?: string
}

/** The version that this code writes; it reads the one before and the one after, so that deployments can roll. */
export const RECORD_VERSION = 2

/** Between the record without its data and the data: in JSON no line ends. */
const BREAK = '\n'

/** A line of JSON with everything but the data, and the sizes of those; then the JSON of each value, one behind the other. */
export function encodeRecord(record: SessionRecord): string {
  const { data, keys: _, ...head } = record as SessionRecord & { readonly keys?: unknown }
  return JSON.stringify({ ...head, v: Math.max(head.v, RECORD_VERSION), keys: data.sizes }) + BREAK + data.text
}

/** Stands before the reason in the payload of a row that could not be decrypted, so that one such row does not keep a list from being read. */
const UNREADABLE = '!'

export const unreadablePayload = (why: string): string => `${UNREADABLE}${why}`

/** Of rows that cannot change, as the memory store gives them again and again: what was decoded once. */
const decoded = new WeakMap<SessionRow, SessionRecord>()

/** The record of a row; throws `row_unreadable` when it is damaged or two versions away. */
export function decodeRecord(row: SessionRow): SessionRecord {
  if (!Object.isFrozen(row)) return decode(row)
  let record = decoded.get(row)
  if (!record) decoded.set(row, (record = deepFrozen(decode(row))))
  return record
}

/** A record that requests share: whatever one of them did to it, the others would see. */
function deepFrozen(record: SessionRecord): SessionRecord {
  const { data, ...rest } = record
  deepFreeze(rest as unknown as Json)
  return Object.freeze({ ...rest, data })
}

function decode(row: SessionRow): SessionRecord {
  if (row.payload.startsWith(UNREADABLE)) throw unreadable(row.id, row.payload.slice(UNREADABLE.length))
  if (row.payload.startsWith('enc')) throw unreadable(row.id, 'its payload is encrypted, and the option encryption is not set')
  const end = row.payload.indexOf(BREAK)
  let head: { [field: string]: unknown }
  try {
    head = JSON.parse(end === -1 ? row.payload : row.payload.slice(0, end))
  } catch {
    throw unreadable(row.id, 'its payload is not JSON')
  }
  if (typeof head !== 'object' || head === null || !Number.isInteger(head['v'])) throw unreadable(row.id, 'its payload names no version')
  if (Math.abs((head['v'] as number) - RECORD_VERSION) > 1) throw unreadable(row.id, `its payload has version ${head['v']}`)
  const data = end === -1 ? dataOfVersion1(head['data']) : RecordData.ofText(head['keys'], row.payload.slice(end + 1))
  if (typeof head['createdAt'] !== 'number' || !data) throw unreadable(row.id, 'its payload lacks a field')
  head['data'] = data
  return head as unknown as SessionRecord
}

/** Version 1 was one JSON text with the data in it. */
function dataOfVersion1(data: unknown): RecordData | undefined {
  return typeof data === 'object' && data !== null ? RecordData.of(data as { [key: string]: Json }) : undefined
}

/** The record of a row among others: one that cannot be read does not stand in the way of the rest. */
export function tryDecodeRecord(row: SessionRow): SessionRecord | undefined {
  try {
    return decodeRecord(row)
  } catch {
    return undefined
  }
}

function unreadable(id: string, why: string): InstarError {
  return new InstarError(
    'row_unreadable',
    `The row of session ${id} cannot be read: ${why}. This version reads ${RECORD_VERSION - 1} to ${RECORD_VERSION + 1}; deploy one that fits, or delete the row.`,
  )
}

/** How long a tombstone tells a late request from a stranger, in milliseconds. */
export const TOMBSTONE_TIME = 10 * 60_000

/** The row as it is after being retired: nothing opens it and nothing of its data is left. */
export function entomb(row: SessionRow, reason: Omit<Tombstone, 'secretHashes'>, now: number): SessionRow {
  const { next, previousHash } = decodeRecord(row)
  const secretHashes = [row.secretHash, next?.secretHash, previousHash].filter((hash) => hash !== undefined)
  const tombstone = { ...reason, secretHashes }
  const record: SessionRecord = { v: RECORD_VERSION, createdAt: now, data: RecordData.NONE, tombstone }
  return { ...row, secretHash: '', expiresAt: Math.min(now + TOMBSTONE_TIME, row.endsAt), payload: encodeRecord(record) }
}

export const isTombstone = (row: SessionRow): boolean => row.secretHash === ''
