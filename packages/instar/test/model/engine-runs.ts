import { MISSING, serversFor } from '../engines/servers.ts'
import { playModel } from './commands.ts'
import { inTwoProcesses, MODEL_DRIVERS } from './engine-stage.ts'

/** Plays as many histories on a driver, or on each of `all-engines`, by two real processes, and prints what came of it; 0 when nothing was found. */
export async function playOnEngines(name: string, runs: number, seed: number): Promise<number> {
  const drivers = MODEL_DRIVERS.filter((driver) => name === 'all-engines' || driver === name)
  if (drivers.length === 0) {
    console.error(`--on takes all-engines, or one of ${MODEL_DRIVERS.join(', ')}; not ${name}.`)
    return 2
  }
  const servers = await serversFor(drivers)
  let exitCode = 0
  try {
    for (const driver of drivers) {
      const place = servers.place(driver)
      if (!place) {
        console.log(`engine ${driver}: left out. ${MISSING}`)
        exitCode ||= process.env['INSTAR_REQUIRE_ALL'] === '1' ? 1 : 0
        continue
      }
      const stage = await inTwoProcesses(place)
      const begun = performance.now()
      const { runs: played, commands, violation } = await playModel(runs, seed, [stage])
      await stage.close()
      if (violation) console.log(violation)
      const seconds = ((performance.now() - begun) / 1000).toFixed(1)
      console.log(`engine ${driver}: runs ${played}, commands ${commands}, violations ${violation ? 1 : 0} (${seconds} s)`)
      if (violation) exitCode = 1
    }
  } finally {
    await servers.stop()
  }
  return exitCode
}
