import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/** Opens the database file, and makes it, with its folder, where it is missing; only the owner may look into the folder. */
export function openDatabase(file: string): DatabaseSync {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  return new DatabaseSync(file, { timeout: 5_000 })
}
