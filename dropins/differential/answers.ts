import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Scene } from './operations.ts'
import { shown } from './operations.ts'
import type { Json } from './sequence.ts'

/** Express's part of a response, and its absence. */
interface ExpressResponse {
  send?(body: unknown): void
  json?(body: unknown): void
  redirect?(status: number, url: string): void
  sendStatus?(status: number): void
  cookie?(name: string, value: string): ExpressResponse
}

type Way = (scene: Scene, ...args: never[]) => unknown

const express = ({ response }: Scene): ExpressResponse => response as ExpressResponse

/** The ways in which a handler can answer. */
export const answers = {
  end: ({ response }) => response.end(),
  text: ({ response }, text: string) => response.end(text),
  buffer: ({ response }, text: string) => response.end(Buffer.from(text)),
  bytes: ({ response }, text: string) => response.end(new TextEncoder().encode(text)),
  encoded: ({ response }, text: string, encoding: BufferEncoding) => response.end(text, encoding),
  callback: (scene, text: string) => scene.response.end(text, () => scene.note('end called back')),
  encodedCallback: (scene, text: string, encoding: BufferEncoding) => scene.response.end(text, encoding, () => scene.note('end called back')),
  onlyCallback: (scene) => scene.response.end(() => scene.note('end called back')),
  endNull: ({ response }) => response.end(null),
  endEmpty: ({ response }) => response.end(''),
  endNumber: ({ response }) => response.end(5 as never),
  writeEnd({ response }, ...texts: string[]) {
    for (const text of texts) response.write(text)
    return response.end()
  },
  writeThenText({ response }, first: string, last: string) {
    response.write(first)
    return response.end(last)
  },
  writeCallback(scene, text: string) {
    scene.response.write(text, () => scene.note('write called back'))
    return scene.response.end()
  },
  async writeSlowly({ response }, ...texts: string[]) {
    for (const text of texts) {
      response.write(text)
      await new Promise((resolve) => setImmediate(resolve))
    }
    response.end()
  },
  writeHead({ response }, status: number, headers: { [name: string]: string }, body: string) {
    response.writeHead(status, headers)
    return response.end(body)
  },
  writeHeadChained: ({ response }, status: number, headers: { [name: string]: string }, body: string) => response.writeHead(status, headers).end(body),
  writeHeadPhrase: ({ response }, status: number, phrase: string, headers: { [name: string]: string }, body: string) =>
    response.writeHead(status, phrase, headers).end(body),
  writeHeadList: ({ response }, status: number, headers: string[], body: string) => response.writeHead(status, headers).end(body),
  writeHeadWrite({ response }, status: number, headers: { [name: string]: string }, ...texts: string[]) {
    response.writeHead(status, headers)
    for (const text of texts) response.write(text)
    return response.end()
  },
  flushThenText({ response }, text: string) {
    response.flushHeaders()
    return response.end(text)
  },
  lengthText({ response }, text: string) {
    response.setHeader('Content-Length', Buffer.byteLength(text))
    return response.end(text)
  },
  lengthBuffer({ response }, text: string) {
    response.setHeader('Content-Length', Buffer.byteLength(text))
    return response.end(Buffer.from(text))
  },
  lengthWrites({ response }, ...texts: string[]) {
    response.setHeader('Content-Length', Buffer.byteLength(texts.join('')))
    for (const text of texts.slice(0, -1)) response.write(text)
    return response.end(texts.at(-1))
  },
  lengthEncoded({ response }, text: string, encoding: BufferEncoding) {
    response.setHeader('Content-Length', Buffer.from(text, encoding).length)
    return response.end(text, encoding)
  },
  lengthZero({ response }) {
    response.setHeader('Content-Length', 0)
    return response.end()
  },
  pipe: ({ response }, ...texts: string[]) => void Readable.from(texts).pipe(response),
  pipeline: ({ response }, ...texts: string[]) => pipeline(Readable.from(texts), response),
  cork({ response }, ...texts: string[]) {
    response.cork()
    for (const text of texts) response.write(text)
    response.uncork()
    return response.end()
  },
  trailers({ response }, text: string) {
    response.setHeader('Trailer', 'X-After')
    response.write(text)
    response.addTrailers({ 'X-After': 'all' })
    return response.end()
  },
  status({ response }, status: number, text?: string) {
    response.statusCode = status
    return response.end(text)
  },
  phrase({ response }, status: number, phrase: string) {
    response.statusCode = status
    response.statusMessage = phrase
    return response.end()
  },
  ownCookies({ response }, cookies: Json, text: string) {
    response.setHeader('Set-Cookie', cookies as string | string[])
    return response.end(text)
  },
  appendedCookie({ response }, cookie: string, text: string) {
    response.appendHeader('Set-Cookie', cookie)
    return response.end(text)
  },
  headCookie: ({ response }, cookie: Json, text: string) => response.writeHead(200, { 'Set-Cookie': cookie as string | string[] }).end(text),
  endTwice(scene, text: string) {
    const first = scene.response.end(text)
    scene.note(`the second end returned ${returned(scene, scene.response.end('again'))}`)
    return first
  },
  endThrice({ response }) {
    response.end('a')
    response.end()
    return response.end('b')
  },
  writeAfterEnd({ response, note }, text: string) {
    response.on('error', (error) => note(`the response had ${shown(error)}`))
    response.end(text)
    response.write('too late')
  },
  throwAfterWrite({ response }, text: string) {
    response.write(text)
    throw new Error('thrown after a write')
  },
  throwAfterEnd({ response }, text: string) {
    response.end(text)
    throw new Error('thrown after the end')
  },
  throwNow() {
    throw new Error('thrown by the handler')
  },
  nextError: ({ next }, message: string) => next(new Error(message)),
  nextRoute: ({ next }) => next(),
  later: ({ response }, text: string) => void setImmediate(() => response.end(text)),
  setAfterHead({ response, note }, text: string) {
    response.write(text)
    try {
      response.setHeader('X-Late', 'yes')
    } catch (error) {
      note(`a late header had ${(error as { code?: string }).code}`)
    }
    return response.end()
  },
  changeAfterHead({ request, response }, key: string, value: Json) {
    response.write('before ')
    if (request.session) request.session[key] = value
    return response.end('after')
  },
  changeAfterEnd({ request, response }, key: string, value: Json) {
    response.end('ended')
    if (request.session) request.session[key] = value
  },
  destroyAfterHead(scene) {
    scene.response.write('before ')
    scene.request.session?.destroy((error) => {
      scene.note(`destroy called back with ${error ? shown(error) : 'nothing'}`)
      scene.response.end('after')
    })
  },
  regenerateAfterHead(scene) {
    scene.response.write('before ')
    scene.request.session?.regenerate((error) => {
      scene.note(`regenerate called back with ${error ? shown(error) : 'nothing'}`)
      scene.response.end('after')
    })
  },
  cutOff: ({ response }) => response.destroy(),
  cutOffAfterWrite({ response }, text: string) {
    response.write(text)
    setImmediate(() => response.destroy())
  },
  finishNoted(scene, text: string) {
    scene.response.on('finish', () => scene.note('finished'))
    return scene.response.end(text)
  },

  /** Opens a gate once the answer is out. */
  opening({ response, gates }, gate: string, text: string) {
    response.on('finish', () => gates.open(gate))
    return response.end(text)
  },

  // Express's own.
  send: (scene, body: Json) => express(scene).send?.(body),
  sendBuffer: (scene, text: string) => express(scene).send?.(Buffer.from(text)),
  json: (scene, body: Json) => express(scene).json?.(body),
  redirect: (scene, status: number, url: string) => express(scene).redirect?.(status, url),
  sendStatus: (scene, status: number) => express(scene).sendStatus?.(status),
  cookieThenSend: (scene, name: string, body: Json) => express(scene).cookie?.(name, 'value').send?.(body),
} satisfies { readonly [name: string]: Way }

export type AnswerName = keyof typeof answers

const returned = ({ response }: Scene, value: unknown): string => (value === response ? 'the response' : shown(value))

/** Answers; whether what `end` returned is the response is noted where `end` was the last call. */
export async function answerBy(scene: Scene, [name, ...args]: readonly [AnswerName, ...Json[]]): Promise<void> {
  await (answers[name] as (scene: Scene, ...args: readonly Json[]) => unknown)(scene, ...args)
}
