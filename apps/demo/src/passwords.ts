import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto'
import { Gate } from './gate.ts'
import { HttpError } from './http-error.ts'

const COST = { ln: 15, r: 8, p: 3 } // OWASP Password Storage: N = 2^15 needs p = 3
const KEY_BYTES = 32

/** Hashes a password into a text that holds its own parameters, so that they can be raised later. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16)
  return encode(salt, await derive(password, salt, COST))
}

/** Whether the password is the hashed one. Without a hash it is false, after the same work, so that an unknown name takes as long as a known one. */
export async function verifyPassword(password: string, hash: string | undefined): Promise<boolean> {
  const { salt, key, cost } = decode(hash ?? NOBODYS)
  const isEqual = timingSafeEqual(await derive(password, salt, cost), key)
  return isEqual && hash !== undefined
}

/** What is wrong with a new password, in words for the person who chose it; undefined when nothing is. */
export function passwordProblem(password: string): string | undefined {
  const { length } = [...password]
  if (length < 8) return 'The password is too short: use at least 8 characters.'
  if (length > 128) return 'The password is too long: use at most 128 characters.'
  return undefined
}

const NOBODYS = encode(randomBytes(16), randomBytes(KEY_BYTES))

// Node has four threads for this and for reading files: a flood of logins must leave some of them to every other page.
const gate = new Gate({ atOnce: 2, waiting: 20, refusal: () => new HttpError(503, 'The server is busy. Please try again in a moment.') })

/** The same answer for every name when the server is busy: names that do not exist pass the same gate. */
function derive(password: string, salt: Buffer, { ln, r, p }: typeof COST): Promise<Buffer> {
  const options: ScryptOptions = { N: 2 ** ln, r, p, maxmem: 256 * 2 ** ln * r }
  // Keyboards type the same character in different forms; NFKC makes them one (NIST SP 800-63B).
  const text = password.normalize('NFKC')
  return gate.run(() => new Promise((resolve, reject) => scrypt(text, salt, KEY_BYTES, options, (error, key) => (error ? reject(error) : resolve(key)))))
}

function encode(salt: Buffer, key: Buffer): string {
  return `$scrypt$ln=${COST.ln},r=${COST.r},p=${COST.p}$${salt.toString('base64url')}$${key.toString('base64url')}`
}

function decode(hash: string): { salt: Buffer; key: Buffer; cost: typeof COST } {
  const match = /^\$scrypt\$ln=(\d+),r=(\d+),p=(\d+)\$([\w-]+)\$([\w-]+)$/.exec(hash)
  if (!match) throw new Error('A stored password hash is not one that this program wrote.')
  const [, ln, r, p, salt = '', key = ''] = match
  return { salt: Buffer.from(salt, 'base64url'), key: Buffer.from(key, 'base64url'), cost: { ln: Number(ln), r: Number(r), p: Number(p) } }
}
