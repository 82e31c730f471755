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

/** The package of each driver; a file's driver is Node itself. */
const PACKAGES = [
  ['postgres.js', 'postgres'],
  ['pg', 'pg'],
  ['mysql2', 'mysql2'],
  ['node-redis', 'redis'],
  ['ioredis', 'ioredis'],
] as const

type Named = Pick<Result, 'fault' | 'engine' | 'driver'>

/** Writes results into the figures that the guide's table is made from, in the place of older ones of the same rows; returns the file. */
export function record(results: readonly Result[], seed: number): string {
  const keyOf = ({ fault, engine, driver }: Named): string => [fault, engine, driver].join('|')
  const before: Named[] = existsSync(FIGURES) ? JSON.parse(readFileSync(FIGURES, 'utf8')).rows : []
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
  const rows = new Map([...before, ...now].map((row) => [keyOf(row), row]))
  const figures = { command: COMMAND, notMeasured: NOT_MEASURED, rows: [...ROWS, ...CONTROLS].flatMap((row) => rows.get(keyOf(row)) ?? []) }
  mkdirSync(dirname(FIGURES), { recursive: true })
  writeFileSync(FIGURES, `${JSON.stringify(figures, null, 2)}\n`)
  return FIGURES
}

function versionOf(driver: string): string {
  const name = PACKAGES.find(([start]) => driver.startsWith(start))?.[1]
  if (name === undefined) return process.version
  for (const path of createRequire(import.meta.url).resolve.paths(name) ?? []) {
    const file = join(path, name, 'package.json')
    if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')).version
  }
  throw new Error(`${name} is not installed.`)
}
