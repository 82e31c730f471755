import { DatabaseSync } from 'node:sqlite'

interface RowState {
  readonly id: string
  readonly userId: string | null
}

/** Watches the session rows of one database file from kill to kill. */
export class RowLedger {
  readonly #file: string
  readonly #users = new Map<string, string | null>()

  constructor(file: string) {
    this.#file = file
  }

  /** What is wrong with the file as it is now: damage, or a row whose user is not the one, or the nobody, that it had before. */
  inspect(): string[] {
    const database = new DatabaseSync(this.#file)
    try {
      const integrity = database.prepare('PRAGMA integrity_check').all() as { integrity_check: string }[]
      const problems = integrity.filter((line) => line.integrity_check !== 'ok').map((line) => `integrity_check: ${line.integrity_check}`)
      const rows = database.prepare('SELECT id, user_id AS userId FROM instar_sessions').all() as unknown as RowState[]
      for (const { id, userId } of rows) {
        const before = this.#users.get(id)
        if (before !== undefined && before !== userId) problems.push(`row ${id} had the user ${before} and has ${userId}`)
        else this.#users.set(id, userId)
      }
      return problems
    } finally {
      database.close()
    }
  }
}
