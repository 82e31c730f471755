import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { request as plainRequest } from 'node:http'
import { type RequestOptions, request } from 'node:https'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { DemoProcess } from './support/demo-process.ts'
import { temporaryFolder } from './support/temporary.ts'

const folder = temporaryFolder()
let demo: DemoProcess
let ca: string
before(async () => {
  demo = await DemoProcess.start(join(folder.path, 'demo.db'), ['--https'])
  ca = readFileSync(join(folder.path, 'authority.pem'), 'utf8')
})
after(async () => {
  await demo?.stop()
  folder[Symbol.dispose]()
})

interface Answer {
  readonly status: number | undefined
  readonly headers: NodeJS.Dict<string | string[]>
}

function send(ask: typeof request, url: string, options: RequestOptions, body = ''): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = ask(url, { agent: false, ...options }, (response) => {
      response.resume().once('end', () => resolve({ status: response.statusCode, headers: response.headers }))
    })
    sent.once('error', reject).end(body)
  })
}

test('who trusts the authority trusts the certificate, which is for this machine alone', async () => {
  assert.equal((await send(request, demo.origin, { ca })).status, 200)
  const certificate = new X509Certificate(readFileSync(join(folder.path, 'localhost.pem')))
  assert.equal(certificate.subjectAltName, 'DNS:localhost, DNS:*.localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1')
  await assert.rejects(send(request, demo.origin, {}), /unable to verify|self.signed/)
})

test('https asks for https from now on, by the terms of the preload list', async () => {
  const { headers } = await send(request, demo.origin, { ca })
  assert.equal(headers['strict-transport-security'], 'max-age=63072000; includeSubDomains; preload')
})

test('a login over https is guarded by the site’s own origin', async () => {
  const form = 'username=ann&password=seven-moults'
  const headers = { 'content-type': 'application/x-www-form-urlencoded', origin: demo.origin }
  const answer = await send(request, `${demo.origin}/login`, { ca, method: 'POST', headers }, form)
  assert.equal(answer.status, 303)
  assert.match(String(answer.headers['set-cookie']), /__Host-Http-sid=[^;]+; Path=\/; Secure; HttpOnly; SameSite=Lax/)
  const elsewhere = await send(
    request,
    `${demo.origin}/login`,
    { ca, servername: 'localhost', method: 'POST', headers: { ...headers, host: 'evil.example', origin: 'https://evil.example' } },
    form,
  )
  assert.equal(elsewhere.status, 403)
  const out = await send(request, `${demo.origin}/logout`, { ca, method: 'POST', headers })
  assert.equal(out.headers['clear-site-data'], '"cache", "storage"')
})

test('plain http is sent on to the one https host, whatever the request names', async () => {
  const plain = /Plain http on port (\d+)/.exec(demo.output())?.[1]
  const locationOf = async (path: string, host: string) =>
    send(plainRequest as typeof request, `http://localhost:${plain}`, { path, headers: { host } }).then(({ status, headers }) => {
      assert.equal(status, 308)
      return headers['location']
    })
  assert.equal(await locationOf('/devices?a=b', 'evil.example'), `${demo.origin}/devices?a=b`)
  assert.equal(await locationOf('//evil.example/', 'localhost'), `${demo.origin}//evil.example/`)
  assert.equal(await locationOf('http://evil.example/', 'localhost'), `${demo.origin}/`)
})
