import { execFileSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { killApplication } from './servers.ts'
import type { Stage, World } from './world.ts'

const FILE = 'sessions.db'
const DISK = '64m'
/** The disk stays full until so many requests have failed, or for so long. */
const FAILURES = 150
const FULL_MS = 4_000
const MOST_PAGES = 2 ** 32 - 2

/** A file, and an application that is killed and replaced. */
export async function killedOnFile(): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), 'instar-faults-'))
  return onFile(folder, killApplication, () => {})
}

/** A file on a disk of its own that is filled up and freed again. Without the right to mount one, the database is forbidden to grow. */
export async function fullDisk(): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), 'instar-faults-'))
  if (!mounted(folder)) return onFile(folder, forbidGrowth, () => {})
  const unmount = (): void => void execFileSync('umount', ['--lazy', folder])
  process.once('exit', unmount)
  const fill = async ({ stream }: Stage): Promise<number> => {
    const ballast = join(folder, 'ballast')
    emptyLog(join(folder, FILE))
    fillUp(ballast)
    await Promise.race([stream.failures(FAILURES), sleep(FULL_MS)])
    rmSync(ballast)
    return 1
  }
  return onFile(folder, fill, () => {
    process.off('exit', unmount)
    unmount()
  })
}

async function forbidGrowth({ fleet, stream }: Stage): Promise<number> {
  fleet.tell({ limitPages: 1 }) // SQLite takes the size of now for the least.
  await Promise.race([stream.failures(FAILURES), sleep(FULL_MS)])
  fleet.tell({ limitPages: MOST_PAGES })
  return 1
}

function onFile(folder: string, strike: World['strike'], release: () => void): World {
  const place = { driver: 'node:sqlite', url: join(folder, FILE) } as const
  return {
    place,
    direct: place,
    server: `SQLite ${process.versions['sqlite']}`,
    strike,
    async stop() {
      release()
      rmSync(folder, { recursive: true })
    },
  }
}

/** A log that has grown already would take in more for a good while. */
function emptyLog(file: string): void {
  const database = new DatabaseSync(file)
  database.exec('PRAGMA busy_timeout = 5000')
  database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
  database.close()
}

function mounted(folder: string): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK}`, 'instar-faults', folder], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** Writes until not one byte more fits. */
function fillUp(file: string): void {
  const descriptor = openSync(file, 'w')
  try {
    for (const size of [2 ** 20, 2 ** 12, 1]) {
      try {
        for (const piece = Buffer.alloc(size); ; ) writeSync(descriptor, piece)
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
      }
    }
  } finally {
    closeSync(descriptor)
  }
}
