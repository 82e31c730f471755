import { run } from './run.ts'

// Everything with its full counts, one after the other; goes on after a failure, so that the table says all of it.

const stages: readonly (readonly string[])[] = [
  ['test'],
  ['run', 'lab'],
  ['run', 'attack:model', '--', '--runs', '100000'],
  ['run', 'attack:model', '--', '--runs', '2000', '--on', 'all-engines'],
  ['run', 'attack:fuzz', '--', '--headers', '1000000'],
  ['run', 'attack:kill', '--', '--runs', '100'],
  ['run', 'faults', '--', '--rounds', '30'],
  ['run', 'scale', '--', '--rows', '1000000'],
  ['run', 'runtimes'],
  ['run', 'sockets', '--', '--rounds', '60'],
  ['run', 'imports', '--', '--rounds', '60'],
  ['run', 'sabotage'],
]

const results: { readonly command: string; readonly outcome: string; readonly seconds: number }[] = []
for (const stage of stages) {
  const command = `npm ${stage.join(' ')}`
  console.log(`\n== ${command}`)
  const start = performance.now()
  const code = await run('npm', stage)
  results.push({ command, outcome: code === 0 ? 'passed' : `failed (exit ${code})`, seconds: Math.round((performance.now() - start) / 1000) })
}

const width = Math.max(...results.map(({ command }) => command.length))
const lines = results.map(({ command, outcome, seconds }) => `${command.padEnd(width)}  ${outcome.padEnd(16)}  ${String(seconds).padStart(6)} s`)
console.log(`\n${lines.join('\n')}`)
process.exit(results.every(({ outcome }) => outcome === 'passed') ? 0 : 1)
