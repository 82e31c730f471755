import { join } from 'node:path'
import { Accounts } from '../../src/accounts.ts'
import { openDatabase } from '../../src/database.ts'
import { DemoProcess } from '../support/demo-process.ts'
import { temporaryFolder } from '../support/temporary.ts'
import { RowLedger } from './ledger.ts'
import { type Promised, shortfall } from './promise.ts'
import { seededRandom } from './random.ts'
import { visitUntilDeath } from './visitor.ts'

export interface Outcome {
  readonly runs: number
  readonly answers: number
  /** Logins and registrations whose answer reached the client. */
  readonly logins: number
  /** Sessions that were compared with what their client had been told. */
  readonly compared: number
  readonly violations: readonly string[]
}

const PASSWORD = 'kill-dash-nine'
const ACCOUNTS = ['able', 'baker', 'charlie']
const CLIENTS = 6
const MOST_ANSWERS = 30
/** Old promises that are looked at again after each restart. */
const MEMORY = 20

/** Kills the demo again and again in the midst of its work, always on one database file, and compares what comes back with what was answered. */
export async function attack({ runs, seed }: { readonly runs: number; readonly seed: number }): Promise<Outcome> {
  using folder = temporaryFolder()
  const file = join(folder.path, 'demo.db')
  await createAccounts(file)
  const random = seededRandom(seed)
  const ledger = new RowLedger(file)
  const violations: string[] = []
  let promises: Promised[] = []
  let [answers, logins, compared, names] = [0, 0, 0, 0]

  for (let run = 1; run <= runs; run++) {
    const demo = await DemoProcess.start(file)
    await compare(demo)
    const dead = Promise.withResolvers<void>()
    let left = 1 + random(MOST_ANSWERS)
    const orders = {
      random,
      accounts: ACCOUNTS,
      password: PASSWORD,
      freshName: () => `new-${++names}`,
      onAnswer(step: string) {
        answers++
        if (step === 'login' || step === 'register') logins++
        if (--left === 0) demo.kill().then(dead.resolve)
      },
    }
    const told = await Promise.all(Array.from({ length: CLIENTS }, () => visitUntilDeath(demo.origin, orders)))
    await dead.promise
    violations.push(...ledger.inspect())
    promises.push(...told.flat().filter(({ cookies }) => cookies.size > 0))
  }
  const last = await DemoProcess.start(file)
  await compare(last)
  await last.stop()
  violations.push(...ledger.inspect())
  return { runs, answers, logins, compared, violations }

  async function compare({ origin }: DemoProcess): Promise<void> {
    const found = await Promise.all(promises.map((promised) => shortfall(origin, promised)))
    compared += promises.length
    violations.push(...found.filter((problem) => problem !== undefined))
    promises = Array.from({ length: Math.min(MEMORY, promises.length) }, () => promises[random(promises.length)] as Promised)
  }
}

async function createAccounts(file: string): Promise<void> {
  const database = openDatabase(file)
  const accounts = new Accounts(database)
  for (const username of ACCOUNTS) await accounts.create(username, PASSWORD)
  database.close()
}
