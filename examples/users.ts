import { randomBytes, scrypt as scryptWithCallback, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'

const scrypt = promisify<string, Buffer, number, Buffer>(scryptWithCallback)

interface User {
  readonly id: string
  readonly salt: Buffer
  readonly hash: Buffer
}

const byName = new Map<string, User>()
const nobody: User = { id: '', salt: randomBytes(16), hash: randomBytes(32) }

export async function add(name: string, password: string): Promise<void> {
  const salt = randomBytes(16)
  byName.set(name, { id: name, salt, hash: await scrypt(password, salt, 32) })
}

/** The user whose password this is; a wrong name takes as long as a wrong password. */
export async function verify(name: unknown, password: unknown): Promise<{ id: string } | undefined> {
  const user = byName.get(String(name)) ?? nobody
  const isRight = timingSafeEqual(await scrypt(String(password), user.salt, 32), user.hash)
  return isRight && user !== nobody ? { id: user.id } : undefined
}
