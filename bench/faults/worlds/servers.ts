import { setTimeout as sleep } from 'node:timers/promises'
import type { Engine } from '@instar/engines'
import { Random } from '../../../packages/instar/test/random.ts'
import type { Driver } from '../drivers.ts'
import { startProxy } from '../proxy.ts'
import type { Stage, World } from './world.ts'

const LONGEST_OUTAGE_MS = 300
const CUTTING_MS = [600, 1_400] as const
/** Cuts don't end before so many. */
const FEWEST_CUTS = 5

/** A server that is killed and started again on its data. */
export async function killedServer(driver: Driver, start: () => Promise<Engine>): Promise<World> {
  const engine = await start()
  return standing(engine, driver, async ({ random }) => {
    await engine.kill()
    await sleep(random.integer(LONGEST_OUTAGE_MS))
    await engine.restart()
    return 1
  })
}

/** A server that stays, and an application that is killed and replaced. */
export async function killedApplication(driver: Driver, start: () => Promise<Engine>): Promise<World> {
  return standing(await start(), driver, killApplication)
}

export async function killApplication({ fleet }: Stage): Promise<number> {
  await fleet.killAndReplace()
  return 1
}

/** A server and an application that stay, and connections between them that don't. */
export async function cutConnections(driver: Driver, start: () => Promise<Engine>, seed: number): Promise<World> {
  const engine = await start()
  const proxy = await startProxy(engine, new Random(seed))
  const url = new URL(engine.url)
  url.port = `${proxy.port}`
  const world = standing(engine, driver, async ({ random }) => {
    const before = proxy.cuts
    proxy.isCutting = true
    const end = performance.now() + random.between(...CUTTING_MS)
    while (performance.now() < end || proxy.cuts - before < FEWEST_CUTS) await sleep(20)
    proxy.isCutting = false
    return proxy.cuts - before
  })
  const stop = async (): Promise<void> => {
    await proxy.close()
    await world.stop()
  }
  return { ...world, place: { driver, url: url.href }, stop }
}

function standing(engine: Engine, driver: Driver, strike: World['strike']): World {
  const place = { driver, url: engine.url }
  return { place, direct: place, server: `${engine.name} ${engine.version}`, strike, stop: () => engine.stop() }
}
