import { Redis } from 'ioredis'
import type { Counter, Counts } from './statements-counters.ts'

interface Line {
  readonly words: readonly string[]
  /** The address of the client, or `lua` for what a script does. */
  readonly source: string
}

/** By the stream of MONITOR, where what a script does follows the command that ran it: a command writes if its script does. */
export async function redisCounter(url: string): Promise<Counter> {
  const client = new Redis(url)
  const monitor = await client.monitor()
  let lines: Line[] = []
  let fences = 0
  let onLine = (): void => {}
  monitor.on('monitor', (_time: string, words: string[], source: string) => {
    lines.push({ words, source })
    onLine()
  })
  /** The lines since the last fence. */
  const linesUpToHere = async (): Promise<readonly Line[]> => {
    const mark = `fence ${fences++}`
    await client.echo(mark)
    while (lines.at(-1)?.words[1] !== mark) await new Promise<void>((resolve) => (onLine = resolve))
    const passed = lines.slice(0, -1)
    lines = []
    return passed
  }
  return {
    async count(work) {
      await linesUpToHere()
      await work()
      return countsOfLines(await linesUpToHere())
    },
    async close() {
      monitor.disconnect()
      client.disconnect()
    },
  }
}

function countsOfLines(lines: readonly Line[]): Counts {
  const commands: { writes: boolean }[] = []
  for (const { words, source } of lines) {
    const name = (words[0] ?? '').toLowerCase()
    const last = commands.at(-1)
    if (source === 'lua' && last) last.writes ||= isWrite(name)
    else if (name === 'evalsha') commands.push({ writes: false })
    else throw new Error(`The store sent ${name}.`)
  }
  const writes = commands.filter((command) => command.writes).length
  return { reads: commands.length - writes, writes }
}

const READS = ['hget', 'hmget', 'zrange']
const WRITES = ['hset', 'del', 'pexpire', 'zadd', 'zremrangebyscore']

function isWrite(command: string): boolean {
  if (![...READS, ...WRITES].includes(command)) throw new Error(`A script calls ${command}.`)
  return WRITES.includes(command)
}
