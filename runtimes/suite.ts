import { adapterConformance } from 'instar/testing'
import { honoSubject, type Serve, webSubject } from '../packages/instar/test/adapters/web-subjects.ts'

// The adapter suite by the server of the runtime that this runs on, without a test runner.

interface BunServer {
  readonly port: number
  stop(closeConnections: boolean): Promise<void>
}
interface DenoServer {
  readonly addr: { readonly port: number }
  shutdown(): Promise<void>
}
type Fetch = Parameters<Serve>[0]

const { Bun, Deno } = globalThis as {
  Bun?: { readonly version: string; serve(options: { port: number; hostname: string; fetch: Fetch }): BunServer }
  Deno?: {
    readonly version: { readonly deno: string }
    serve(options: { port: number; hostname: string; signal: AbortSignal; onListen(): void }, fetch: Fetch): DenoServer
    exit(code: number): never
  }
}

const serveBun: Serve = async (fetch) => {
  const server = Bun?.serve({ port: 0, hostname: '127.0.0.1', fetch }) as BunServer
  return { origin: `http://127.0.0.1:${server.port}`, close: () => server.stop(true) }
}

const serveDeno: Serve = async (fetch) => {
  const stop = new AbortController()
  const server = Deno?.serve({ port: 0, hostname: '127.0.0.1', signal: stop.signal, onListen() {} }, fetch) as DenoServer
  return { origin: `http://127.0.0.1:${server.addr.port}`, close: async () => stop.abort() }
}

const [runtime, serve] = Bun ? [`Bun ${Bun.version}`, serveBun] : [`Deno ${Deno?.version.deno}`, serveDeno]
let failed = 0
let passed = 0
for (const [name, subject] of Object.entries({ web: webSubject(serve), 'Hono 4': honoSubject(serve) })) {
  for (const { title, check } of adapterConformance) {
    try {
      await check(subject)
      passed++
      console.log(`ok ${title} (${name} on ${runtime})`)
    } catch (error) {
      failed++
      console.log(`not ok ${title} (${name} on ${runtime})\n  ${error instanceof Error ? error.stack : error}`)
    }
  }
}
console.log(`${runtime}: ${passed} passed, ${failed} failed`)
process.exit(failed === 0 && passed > 0 ? 0 : 1)
