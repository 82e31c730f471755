import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'

/** What a child process can be asked: by name, with values that a message can carry. */
// biome-ignore lint/suspicious/noExplicitAny: the questions of each program have values of their own
export type Questions = { readonly [name: string]: (...values: any[]) => unknown }

type Name<Asked> = keyof Asked & string
type Values<Asked extends Questions, Key extends Name<Asked>> = Parameters<Asked[Key]>
type Answer<Asked extends Questions, Key extends Name<Asked>> = Awaited<ReturnType<Asked[Key]>>

interface Question {
  readonly number: number
  readonly name: string
  readonly values: readonly unknown[]
}

interface Reply {
  readonly number: number
  readonly answer?: unknown
  readonly failed?: string
}

/** A program in a process of its own that is asked by messages; when it ends, every question without an answer rejects. */
export class Remote<Asked extends Questions> {
  readonly #child: ChildProcess
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>()
  #asked = 0
  #end: Error | undefined

  constructor(program: string, args: readonly string[]) {
    const { NODE_TEST_CONTEXT: _, ...env } = process.env // The child is a program, not a test file.
    this.#child = fork(program, args, { env, serialization: 'advanced' })
    this.#child.on('message', ({ number, answer, failed }: Reply) => {
      const question = this.#waiting.get(number)
      this.#waiting.delete(number)
      if (failed === undefined) question?.resolve(answer)
      else question?.reject(new Error(failed))
    })
    this.#child.once('exit', (code, signal) => {
      this.#end = new Error(`${program} ended (${signal ?? code}).`)
      for (const { reject } of this.#waiting.values()) reject(this.#end)
      this.#waiting.clear()
    })
  }

  ask<Key extends Name<Asked>>(name: Key, ...values: Values<Asked, Key>): Promise<Answer<Asked, Key>> {
    if (this.#end) return Promise.reject(this.#end)
    const question: Question = { number: this.#asked++, name, values }
    const waiting = Promise.withResolvers<unknown>()
    this.#waiting.set(question.number, waiting)
    this.#child.send(question, (error) => error && waiting.reject(error))
    return waiting.promise as Promise<Answer<Asked, Key>>
  }

  /** Ends it at once, whatever it does; resolves when it is gone. */
  async kill(): Promise<void> {
    if (this.#end) return
    const exit = once(this.#child, 'exit')
    this.#child.kill('SIGKILL')
    await exit
  }
}

/** The child's side: answers questions until its parent is gone. */
export function answerQuestions(questions: Questions): void {
  process.on('message', async ({ number, name, values }: Question) => {
    let reply: Reply
    try {
      reply = { number, answer: await questions[name]?.(...values) }
    } catch (error) {
      reply = { number, failed: String((error as Error).stack ?? error) }
    }
    process.send?.(reply)
  })
  process.once('disconnect', () => process.exit())
}
