import { describe, test } from 'node:test'
import { adapterConformance } from 'instar/testing'
import { fastifySubject, koaSubject, koas, serveWeb } from './frameworks.ts'
import { expressAdapter, expresses, nodeAdapter } from './harness.ts'
import { fastifyHttp2, http2Adapter } from './http2.ts'
import { honoSubject, webSubject } from './web-subjects.ts'

const adapters = {
  'node:http': nodeAdapter,
  ...Object.fromEntries(Object.entries(expresses).map(([name, make]) => [name, expressAdapter(make)])),
  web: webSubject(serveWeb),
  'Hono 4': honoSubject(serveWeb),
  ...Object.fromEntries(Object.entries(koas).map(([name, make]) => [name, koaSubject(make)])),
  'Fastify 5': fastifySubject,
  'node:http2': http2Adapter,
  'Fastify 5 on HTTP/2': fastifyHttp2,
}

for (const [name, subject] of Object.entries(adapters)) {
  describe(`adapter ${name}`, () => {
    for (const { title, check } of adapterConformance) test(`${title} (${name})`, () => check(subject))
  })
}
