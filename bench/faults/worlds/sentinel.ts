import { appendFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Engine, type RedisSentinel, startRedisSentinel } from '@instar/engines'
import { Redis } from 'ioredis'
import { type Driver, SENTINEL_NAME } from '../drivers.ts'
import type { World } from './world.ts'

const PATIENCE_MS = 60_000
const CUT_OFF_MS = 300
/** Three pings: with one, sentinels on a busy machine take a primary for lost that is alive, and promote another beside it. */
const DOWN_AFTER_MS = 3_000

export interface SentinelOptions {
  /** Whether the primary goes on for a while without its replicas, and is only then killed. */
  readonly isCutOff: boolean
}

/** A Redis primary that is killed; the sentinels promote one of its replicas, and it comes back as a replica of that one. */
export async function lostPrimary(driver: Driver, { isCutOff }: SentinelOptions): Promise<World> {
  const group = await startRedisSentinel({ settings: { appendonly: 'yes', appendfsync: 'everysec' } })
  const nodes = [group.primary, ...group.replicas]
  const patience = ['down-after-milliseconds', `${DOWN_AFTER_MS}`]
  await Promise.all(group.sentinels.map((sentinel) => asking(sentinel, (client) => client.call('SENTINEL', 'SET', SENTINEL_NAME, ...patience))))
  const place = { driver, url: group.sentinels.map(({ host, port }) => `${host}:${port}`).join(',') }
  return {
    place,
    direct: place,
    server: `Redis ${group.version}`,
    async strike() {
      const primary = await primaryOf(group, nodes)
      const file = await configurationOf(primary)
      const others = nodes.filter((node) => node !== primary)
      if (isCutOff) await cutOff(primary, others)
      await primary.kill()
      for (const { pid } of others) process.kill(pid, 'SIGCONT')
      let next = primary
      await until('another primary was promoted', async () => (next = await primaryOf(group, nodes)) !== primary)
      await appendFile(file, `\nreplicaof ${next.host} ${next.port}\n`)
      await primary.restart()
      let changes = 1
      await until('all replicas are in line', async () => {
        const now = await primaryOf(group, nodes)
        if (now !== next) changes++
        next = now
        return isInLine(group, next)
      })
      return changes
    },
    stop: () => group.stop(),
  }
}

/** The replicas stand still and their connections are closed, so nothing that the primary does from here on reaches them. */
async function cutOff(primary: Engine, replicas: readonly Engine[]): Promise<void> {
  for (const { pid } of replicas) process.kill(pid, 'SIGSTOP')
  await asking(primary, (client) => client.call('CLIENT', 'KILL', 'TYPE', 'replica'))
  await sleep(CUT_OFF_MS)
}

/** The node that all sentinels take for the primary; throws while they differ. */
async function primaryOf({ sentinels }: RedisSentinel, nodes: readonly Engine[]): Promise<Engine> {
  const ports = await Promise.all(
    sentinels.map((sentinel) => asking(sentinel, (client) => client.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', SENTINEL_NAME) as Promise<string[]>)),
  )
  const found = nodes.find(({ port }) => ports.every((address) => address[1] === `${port}`))
  if (!found) throw new Error('The sentinels differ.')
  return found
}

async function isInLine({ sentinels, replicas }: RedisSentinel, primary: Engine): Promise<boolean> {
  const info = await asking(primary, (client) => client.info('replication'))
  const views = await Promise.all(sentinels.map((sentinel) => asking(sentinel, (client) => client.call('SENTINEL', 'REPLICAS', SENTINEL_NAME))))
  const known = (views as string[][][]).every((view) => view.filter((fields) => fields[fields.indexOf('flags') + 1] === 'slave').length === replicas.length)
  return known && [...info.matchAll(/^slave\d+:.*state=online/gm)].length === replicas.length
}

async function configurationOf(node: Engine): Promise<string> {
  const info = await asking(node, (client) => client.info('server'))
  return /^config_file:(.*)\r$/m.exec(info)?.[1] as string
}

async function asking<Answer>({ host, port }: Engine, question: (client: Redis) => Promise<Answer>): Promise<Answer> {
  const client = new Redis({ host, port, lazyConnect: true, retryStrategy: () => null })
  client.on('error', () => {})
  try {
    await client.connect()
    return await question(client)
  } finally {
    client.disconnect()
  }
}

async function until(what: string, question: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + PATIENCE_MS
  let last: unknown = 'not yet'
  while (performance.now() < end) {
    if (await question().catch((error) => void (last = error))) return
    await sleep(50)
  }
  throw new Error(`Waited ${PATIENCE_MS / 1000} seconds in vain until ${what} (${last}).`)
}
