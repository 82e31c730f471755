import { randomBytes, randomUUID } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import { hashPassword, verifyPassword } from './passwords.ts'

export interface Account {
  readonly id: string
  readonly username: string
  readonly role: 'customer' | 'administrator'
  /** Changes with the password and when the account is disabled, and so ends the sessions that were begun before. */
  readonly stamp: string
  readonly isDisabled: boolean
  readonly createdAt: number
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS accounts (
    id TEXT PRIMARY KEY,
    username TEXT NOT NULL UNIQUE,
    password TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('customer', 'administrator')),
    stamp TEXT NOT NULL,
    is_disabled INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL
  ) STRICT
`

interface AccountRow extends Omit<Account, 'isDisabled'> {
  readonly isDisabled: number
  readonly password: string
}

const SELECT = 'SELECT id, username, password, role, stamp, is_disabled AS isDisabled, created_at AS createdAt FROM accounts'

/** Who can log in: names, password hashes and stamps, in the database. */
export class Accounts {
  readonly #database: DatabaseSync

  constructor(database: DatabaseSync) {
    database.exec(SCHEMA)
    this.#database = database
  }

  /** The new account; undefined when the name is taken. */
  async create(username: string, password: string, role: Account['role'] = 'customer'): Promise<Account | undefined> {
    const hash = await hashPassword(password)
    // Whoever comes first has the name: the constraint decides, so that two at once cannot both be told that it is free.
    const insert = this.#database.prepare(
      'INSERT INTO accounts (id, username, password, role, stamp, created_at) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (username) DO NOTHING',
    )
    const id = randomUUID()
    const { changes } = insert.run(id, username, hash, role, newStamp(), Date.now())
    return changes === 0 ? undefined : this.find(id)
  }

  /** The very record whose password was verified; undefined, after the same work, for a wrong password, an unknown name and a disabled account. */
  async verify(username: string, password: string): Promise<Account | undefined> {
    const row = this.#database.prepare(`${SELECT} WHERE username = ?`).get(username) as AccountRow | undefined
    const isRight = await verifyPassword(password, row?.password)
    return row && isRight && row.isDisabled === 0 ? accountOf(row) : undefined
  }

  /** Stores a new password under a new stamp; undefined when the account is no longer the one that was verified. */
  async changePassword(verified: Account, password: string): Promise<Account | undefined> {
    const hash = await hashPassword(password)
    const update = this.#database.prepare('UPDATE accounts SET password = ?, stamp = ? WHERE id = ? AND stamp = ?')
    const { changes } = update.run(hash, newStamp(), verified.id, verified.stamp)
    return changes === 0 ? undefined : this.find(verified.id)
  }

  find(id: string): Account | undefined {
    const row = this.#database.prepare(`${SELECT} WHERE id = ?`).get(id) as AccountRow | undefined
    return row && accountOf(row)
  }

  has(username: string): boolean {
    return this.#database.prepare('SELECT 1 FROM accounts WHERE username = ?').get(username) !== undefined
  }

  list(): Account[] {
    return (this.#database.prepare(`${SELECT} ORDER BY username`).all() as unknown as AccountRow[]).map(accountOf)
  }

  disable(id: string): void {
    this.#database.prepare('UPDATE accounts SET is_disabled = 1, stamp = ? WHERE id = ?').run(newStamp(), id)
  }

  enable(id: string): void {
    this.#database.prepare('UPDATE accounts SET is_disabled = 0 WHERE id = ?').run(id)
  }
}

/** What is wrong with a new name, in words for the person who chose it; undefined when nothing is. */
export function usernameProblem(username: string): string | undefined {
  if (username === '') return 'Choose a name.'
  if (username.length > 32) return 'The name is too long: use at most 32 characters.'
  if (!/^[a-z0-9._-]+$/.test(username)) return 'The name has a character that does not work: use small letters, digits, dots, dashes and underscores.'
  return undefined
}

const newStamp = (): string => randomBytes(12).toString('base64url')

function accountOf({ id, username, role, stamp, isDisabled, createdAt }: AccountRow): Account {
  return { id, username, role, stamp, isDisabled: isDisabled === 1, createdAt }
}
