import type { Contender } from './contender.ts'
import type { Connection } from './load/connection.ts'
import { prepared } from './load/request.ts'
import { Visitor } from './load/visitor.ts'

/**
 * How many of so many increments of one session are lost when all of their handlers wait for each other in the middle; a browser keeps the cookies of the answer that came last.
 * Fails after a while where not all get into their handlers.
 */
export async function lostUpdates(contender: Contender, count: number): Promise<number> {
  const connections = await contender.connections(count)
  const [first] = connections as readonly [Connection]
  const visitor = new Visitor(first)
  await visitor.login(contender.newUser())
  await contender.server.closeGate(count)
  const { header } = visitor.jar
  const request = prepared({ method: 'POST', path: '/increment', ...(header && { cookie: header }), answer: { added: 1 } })
  await inTime(
    Promise.all(
      connections.map(async (connection) => {
        const { status, head, body } = await connection.answerTo(request.bytes)
        if (status !== 200 || body !== request.body) throw new Error(`An increment was answered wrongly:\n${head}\n\n${body}`)
        visitor.jar.take(head)
      }),
    ),
    contender,
  )
  const cookie = visitor.jar.header
  const { status, body } = await first.answerTo(prepared({ path: '/count', ...(cookie && { cookie }), answer: '' }).bytes)
  const stored: unknown = JSON.parse(body).count
  if (status !== 200 || typeof stored !== 'number') throw new Error(`${contender.subject.name} did not tell the count: ${status} ${body}`)
  return count - stored
}

const PATIENCE = 20_000

async function inTime(work: Promise<unknown>, { subject }: Contender): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${subject.name}: not all requests got into their handlers at once.`)), PATIENCE)
  })
  await Promise.race([work, late]).finally(() => clearTimeout(timer))
}
