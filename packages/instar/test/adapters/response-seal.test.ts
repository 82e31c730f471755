import { deepEqual, equal, throws } from 'node:assert/strict'
import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { test } from 'node:test'
import { ResponseSeal } from '../../src/adapters/response-seal.ts'

// Responses as others made them before us, or while we held them.

const responseOf = (): ServerResponse => new ServerResponse(new IncomingMessage(new Socket()))
const isSent = { code: 'ERR_HTTP_HEADERS_SENT' }

test('while it is closed the head seems gone, and afterwards all is as it was', () => {
  const response = responseOf()
  response.statusCode = 201
  const seal = new ResponseSeal(response, () => true)
  deepEqual([response.headersSent, response.writableEnded], [true, true])
  for (const change of [() => response.setHeader('a', 'b'), () => response.appendHeader('a', 'b'), () => response.removeHeader('a')]) throws(change, isSent)
  response.statusCode = 500
  seal.open()
  deepEqual([response.headersSent, response.writableEnded, response.statusCode], [false, false, 201])
  response.setHeader('a', 'b')
  equal(response.getHeader('a'), 'b')
})

test('what a response has as its own, as one that imitates Node’s does, is given back', () => {
  const response = responseOf()
  Object.defineProperty(response, 'headersSent', { value: false, writable: true, configurable: true })
  const seal = new ResponseSeal(response, () => false)
  equal(response.headersSent, true)
  seal.open()
  equal(response.headersSent, false)
  Object.assign(response, { headersSent: true })
  equal(response.headersSent, true)
})

test('a wrapper that came over a closed one stands between the next one and the response, and nothing goes in circles', () => {
  const response = responseOf()
  const first = new ResponseSeal(response, () => false)
  const { on, setHeader } = response
  let wrapped = 0
  response.on = function (this: ServerResponse, ...args: Parameters<typeof on>) {
    wrapped++
    return on.apply(this, args)
  } as typeof on
  response.setHeader = function (this: ServerResponse, ...args: Parameters<typeof setHeader>) {
    wrapped++
    return setHeader.apply(this, args)
  }
  first.open()
  const second = new ResponseSeal(response, () => false)
  equal(
    response.on('close', () => {}),
    response,
  )
  throws(() => response.setHeader('a', 'b'), isSent)
  second.open()
  response.setHeader('a', 'b')
  deepEqual([response.getHeader('a'), response.listenerCount('close') >= 1, wrapped], ['b', true, 2])
})
