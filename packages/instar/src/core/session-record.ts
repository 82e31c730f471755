import { InstarError } from './errors.ts'
import type { Json } from './json.ts'
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

/** What stays of a row that a login or logout retired, for a while and for events only. */
export interface Tombstone {
  readonly retiredBy: 'login' | 'logout'
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
  readonly data: { readonly [key: string]: Json }
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
export const RECORD_VERSION = 1

export const encodeRecord = (record: SessionRecord): string => JSON.stringify(record)

/** Stands before the reason in the payload of a row that could not be decrypted, so that one such row does not keep a list from being read. */
const UNREADABLE = '!'

export const unreadablePayload = (why: string): string => `${UNREADABLE}${why}`

/** The record of a row; throws `row_unreadable` when it is damaged or two versions away. */
export function decodeRecord(row: SessionRow): SessionRecord {
  if (row.payload.startsWith(UNREADABLE)) throw unreadable(row.id, row.payload.slice(UNREADABLE.length))
  if (row.payload.startsWith('enc')) throw unreadable(row.id, 'its payload is encrypted, and the option encryption is not set')
  let record: SessionRecord
  try {
    record = JSON.parse(row.payload)
  } catch {
    throw unreadable(row.id, 'its payload is not JSON')
  }
  if (typeof record !== 'object' || record === null || !Number.isInteger(record.v)) throw unreadable(row.id, 'its payload names no version')
  if (Math.abs(record.v - RECORD_VERSION) > 1) throw unreadable(row.id, `its payload has version ${record.v}`)
  if (typeof record.createdAt !== 'number' || typeof record.data !== 'object' || record.data === null) throw unreadable(row.id, 'its payload lacks a field')
  return record
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
  const record: SessionRecord = { v: RECORD_VERSION, createdAt: now, data: {}, tombstone }
  return { ...row, secretHash: '', expiresAt: Math.min(now + TOMBSTONE_TIME, row.endsAt), payload: encodeRecord(record) }
}

export const isTombstone = (row: SessionRow): boolean => row.secretHash === ''
