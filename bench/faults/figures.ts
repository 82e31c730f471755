import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { cpus } from 'node:os'
import { dirname, join } from 'node:path'
import { CONTROLS, ROWS } from './rows.ts'
import type { Result } from './trial.ts'

const FIGURES = join(import.meta.dirname, '..', 'figures', 'faults.json')
const COMMAND = 'npm run faults -- --record'
const NOT_MEASURED =
  'A power failure: a killed process leaves what it has handed to the operating system, so that settings which differ in how soon that reaches the disk look alike here.'
/** A row's violations are kept as examples, not all of them. */
const EXAMPLES = 3

/** Node itself, at Node's own version. */
const FILE_DRIVER = 'node:sqlite'
/** The package of each other driver. */
const PACKAGES = [
  ['postgres.js', 'postgres'],
  ['pg', 'pg'],
  ['mysql2', 'mysql2'],
  ['node-redis', 'redis'],
  ['ioredis', 'ioredis'],
] as const

type Named = Pick<Result, 'fault' | 'engine' | 'driver'>

interface Figures extends Named {
  readonly server: string
  readonly driverVersion: string
  readonly measuredOn: string
}

/** Writes results into the figures that the guide's table is made from, in the place of older ones of the same rows; returns the file. */
export function record(results: readonly Result[], seed: number): string {
  const keyOf = ({ fault, engine, driver }: Named): string => [fault, engine, driver].join('|')
  const before: Figures[] = existsSync(FIGURES) ? JSON.parse(readFileSync(FIGURES, 'utf8')).rows : []
  const now = results.map(({ violations, ...result }) => ({
    ...result,
    violations: violations.length,
    examples: violations.slice(0, EXAMPLES),
    driverVersion: versionOf(result.driver),
    node: process.version,
    cores: cpus().length,
    seed,
    measuredOn: new Date().toISOString().slice(0, 10),
  }))
  const byKey = new Map<string, Figures>([...before, ...now].map((row) => [keyOf(row), row]))
  const rows = [...ROWS, ...CONTROLS].flatMap((row) => byKey.get(keyOf(row)) ?? [])
  const figures = {
    command: COMMAND,
    measuredOn: rows
      .map(({ measuredOn }) => measuredOn)
      .sort()
      .at(-1),
    notMeasured: NOT_MEASURED,
    servers: [...new Set(rows.map(({ server }) => server))],
    drivers: Object.fromEntries(rows.flatMap(({ driver, driverVersion }) => (driver === FILE_DRIVER ? [] : [[driver.split(' ')[0], driverVersion]]))),
    rows,
  }
  mkdirSync(dirname(FIGURES), { recursive: true })
  writeFileSync(FIGURES, `${JSON.stringify(figures, null, 2)}\n`)
  return FIGURES
}

function versionOf(driver: string): string {
  if (driver === FILE_DRIVER) return process.version
  const name = PACKAGES.find(([start]) => driver.startsWith(start))?.[1] ?? driver
  for (const path of createRequire(import.meta.url).resolve.paths(name) ?? []) {
    const file = join(path, name, 'package.json')
    if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')).version
  }
  throw new Error(`${name} is not installed.`)
}
