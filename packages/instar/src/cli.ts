#!/usr/bin/env node
import { parseArgs } from 'node:util'
import { DEFAULT_TABLE, ENGINES, type SqlEngineName, schemaStatements } from './stores/schema.ts'

const USAGE = `Usage: instar schema ${ENGINES.join('|')} [--table NAME]

Prints the SQL that makes the tables of a store, for those who run migrations themselves.
"await store.migrate()" does the same. Default table: ${DEFAULT_TABLE}.
`

try {
  const { positionals, values } = parseArgs({ allowPositionals: true, options: { table: { type: 'string' }, help: { type: 'boolean', short: 'h' } } })
  const [command, engine, ...more] = positionals
  if (values.help) process.stdout.write(USAGE)
  else if (command === 'schema' && ENGINES.includes(engine as SqlEngineName) && more.length === 0)
    process.stdout.write(`${schemaStatements(engine as SqlEngineName, values.table).join(';\n')};\n`)
  else fail(positionals.length === 0 ? 'No command was given.' : `There is no command "${positionals.join(' ')}".`)
} catch (error) {
  fail((error as Error).message)
}

function fail(what: string): void {
  process.stderr.write(`${what}\n\n${USAGE}`)
  process.exitCode = 1
}
