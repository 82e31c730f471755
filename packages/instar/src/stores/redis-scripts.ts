import { createHash } from 'node:crypto'

/** A script, on one key if nothing else is said, and the name under which the server keeps it. */
export interface Script {
  readonly source: string
  readonly sha: string
}

const script = (source: string): Script => ({ source, sha: createHash('sha1').update(source).digest('hex') })

// A row is a hash: u user ('' for none), h hash of the secret, v version, x idle deadline, e absolute deadline, p payload, m marks of the last writes, the newest first.
// Times come from the process, never from the server: the engine's own expiry is a time to live, not a time of day.
// Each script that writes also writes when it is sent a second time, so that waiting for replicas on another connection waits for something.

/** So many characters of marks are kept: those of the last eight writes. */
const MARKS_KEPT = 96

/** id, endsAt, now, grace. Entries go when their time has passed, and never because a row is missing: it may be on its way. */
export const index = script(`
redis.call('ZADD', KEYS[1], ARGV[2], ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', '(' .. string.format('%.0f', ARGV[3] - ARGV[4]))
local last = redis.call('ZRANGE', KEYS[1], -1, -1, 'WITHSCORES')
if last[2] then redis.call('PEXPIRE', KEYS[1], string.format('%.0f', math.max(last[2] - ARGV[3] + ARGV[4], 1))) end
return 1`)

/** mark, time to live, then the fields. 0 when the id is taken by another. */
export const create = script(`
local marks = redis.call('HGET', KEYS[1], 'm')
if marks and string.find(marks, ARGV[1], 1, true) then redis.call('HSET', KEYS[1], 'm', marks) return 1 end
if marks then return 0 end
if tonumber(ARGV[2]) <= 0 then return 1 end
redis.call('HSET', KEYS[1], 'm', ARGV[1], 'u', ARGV[3], 'h', ARGV[4], 'v', ARGV[5], 'x', ARGV[6], 'e', ARGV[7], 'p', ARGV[8])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1`)

export const find = script(`return redis.call('HMGET', KEYS[1], 'u', 'h', 'v', 'x', 'e', 'p')`)

/** The same for each key. */
export const findEach = script(`
local rows = {}
for at, key in ipairs(KEYS) do rows[at] = redis.call('HMGET', key, 'u', 'h', 'v', 'x', 'e', 'p') end
return rows`)

/** mark, now, time to live, version, hash, deadline, payload. 1 when it was written, by this call or by the same one before. */
export const update = script(`
local row = redis.call('HMGET', KEYS[1], 'v', 'x', 'm')
if not row[1] then return 0 end
if string.find(row[3], ARGV[1], 1, true) then redis.call('HSET', KEYS[1], 'm', row[3]) return 1 end
if row[1] ~= ARGV[4] or tonumber(row[2]) <= tonumber(ARGV[2]) then return 0 end
if tonumber(ARGV[3]) <= 0 then redis.call('DEL', KEYS[1]) return 1 end
redis.call('HSET', KEYS[1], 'm', string.sub(ARGV[1] .. row[3], 1, ${MARKS_KEPT}), 'v', string.format('%.0f', ARGV[4] + 1), 'h', ARGV[5], 'x', ARGV[6], 'p', ARGV[7])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 1`)

/** now. 1 when the row was there and had not expired. It deletes first: what comes after that is done even where the server has no memory left. */
export const remove = script(`
local deadline = redis.call('HGET', KEYS[1], 'x')
redis.call('DEL', KEYS[1])
if not deadline then redis.call('HSET', KEYS[1], 'x', '0') redis.call('DEL', KEYS[1]) end
return deadline and tonumber(deadline) > tonumber(ARGV[1]) and 1 or 0`)

export const list = script(`return redis.call('ZRANGE', KEYS[1], 0, -1)`)

/** cursor, pattern; no key: it looks at the names of what one server has. */
export const scan = script(`return redis.call('SCAN', ARGV[1], 'MATCH', ARGV[2], 'COUNT', 500)`)
