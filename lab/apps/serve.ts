// Serves one stack, in a process of its own, for the process that attacks it: a new bank for each play.
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { resolveFrom } from '../../scripts/resolve-from.ts'
import type { Certificate } from '../world/authority.ts'
import { HOSTS } from '../world/hosts.ts'
import type { ProviderAddresses } from '../world/provider.ts'
import { Bank } from './bank.ts'
import type { Built, Listener, StackModule } from './stack.ts'

export interface Order {
  readonly file: string
  /** Where the packages are installed that the stack imports. */
  readonly home: string
  readonly certificate: Certificate
  readonly provider: ProviderAddresses
}

/** `open` makes a bank, and its answer is its port, by which the others name it. */
export type Question = 'open' | 'close' | 'hold' | 'arrival' | 'go' | 'rows' | 'transfers'

export interface Asked {
  readonly number: number
  readonly question: Question
  readonly port?: number
  /** What the question is about: a path to hold, or how many are to arrive. */
  readonly about?: string
}

interface OpenBank {
  readonly bank: Bank
  readonly built: Built
  readonly server: Server
}

const { file, home, certificate, provider } = JSON.parse(process.argv[2] ?? '') as Order
resolveFrom(home, import.meta.dirname) // For good: some stacks import when they are asked.
const { build } = (await import(`./${file}.ts`)) as StackModule
const banks = new Map<number, OpenBank>()

async function open(): Promise<number> {
  const bank = new Bank()
  let listener: Listener | undefined
  const server = createServer(certificate, (request, response) => void listener?.(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const built = await build(bank, `https://${HOSTS.app}:${port}`, provider)
  listener = built.listener
  banks.set(port, { bank, built, server })
  return port
}

const answers: { readonly [question in Exclude<Question, 'open'>]: (open: OpenBank, about: string) => unknown } = {
  close({ server }) {
    server.close()
    server.closeAllConnections()
  },
  hold: ({ bank }, path) => bank.gate.shut(path),
  arrival: ({ bank }, count) => bank.gate.arrival(Number(count)),
  go: ({ bank }) => bank.gate.open(),
  rows: ({ built }) => built.rows?.() ?? null,
  transfers: ({ bank }) => bank.transfers,
}

process.on('message', async ({ number, question, port = 0, about = '' }: Asked) => {
  const answer = question === 'open' ? await open() : await answers[question](banks.get(port) as OpenBank, about)
  if (question === 'close') banks.delete(port)
  process.send?.({ number, answer: answer ?? null })
})
process.on('disconnect', () => process.exit())
process.send?.('ready')
