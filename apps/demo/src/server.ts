import { createServer, type Server as HttpServer, type RequestListener } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { dirname } from 'node:path'
import { listen } from './listen.ts'
import type { Settings } from './settings.ts'

export interface Site {
  readonly origin: string
  readonly servers: readonly HttpServer[]
  /** The certificate authority that browsers have to trust; with https only. */
  readonly authorityFile?: string
}

/** Listens, and serves the application that is made for the origin which came of it. */
export function serve(settings: Settings, createHandler: (origin: string) => RequestListener): Promise<Site> {
  return settings.https ? serveTls(settings, createHandler) : servePlain(settings, createHandler)
}

async function servePlain({ host, port }: Settings, createHandler: (origin: string) => RequestListener): Promise<Site> {
  const server = createServer()
  const origin = `http://localhost:${await listen(server, { host, port, variable: 'PORT' })}`
  server.on('request', createHandler(origin))
  return { origin, servers: [server] }
}

async function serveTls({ host, port, httpPort, databaseFile }: Settings, createHandler: (origin: string) => RequestListener): Promise<Site> {
  const { ensureCertificate } = await import('./certificate.ts')
  const { key, cert, authorityFile } = await ensureCertificate(dirname(databaseFile))
  const server = createTlsServer({ key, cert, minVersion: 'TLSv1.2' })
  const origin = `https://localhost:${await listen(server, { host, port, variable: 'PORT' })}`
  server.on('request', createHandler(origin))
  const plain = createServer(redirectTo(origin))
  await listen(plain, { host, port: httpPort, variable: 'HTTP_PORT' })
  return { origin, servers: [server, plain], authorityFile }
}

/** Sends everything to the same path of the one origin, whatever Host the request names. */
function redirectTo(origin: string): RequestListener {
  return ({ url = '/' }, response) => {
    const path = url.startsWith('/') ? url : '/'
    response.writeHead(308, { Location: origin + path, 'Content-Length': 0 }).end()
  }
}
