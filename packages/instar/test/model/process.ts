// One of the server processes of a history, on a connection of its own: does what it is told and says what happened.
import { TestClock } from 'instar/testing'
import { openStore } from '../engines/drivers.ts'
import { LocalProcess } from './local-process.ts'
import { answerQuestions } from './remote.ts'
import type { ModelOptions, ServerProcess } from './server-process.ts'

const clock = new TestClock()
const { store } = await openStore(JSON.parse(process.argv[2] ?? ''), clock.now)
let server = new LocalProcess(store, clock, {})

const questions = {
  reset: async (options: ModelOptions) => {
    await server.crash()
    server = new LocalProcess(store, clock, options)
  },
  begin: (...values: Parameters<ServerProcess['begin']>) => server.begin(...values),
  administer: (...values: Parameters<ServerProcess['administer']>) => server.administer(...values),
  go: (...values: Parameters<ServerProcess['go']>) => server.go(...values),
  crash: () => server.crash(),
}

export type ProcessQuestions = typeof questions

answerQuestions(questions)
