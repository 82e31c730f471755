import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { code, table } from './markdown.ts'

const MARKER = /^<!-- frameworks: (\w+) -->\n[\s\S]*?^<!-- \/frameworks -->$/gm

/** Fills the tables of what the tests run on, with the versions that the lock files name: `<!-- frameworks: table -->` stands before, `<!-- /frameworks -->` after. */
export function withFrameworks(root: string, page: string, markdown: string): string {
  return markdown.replaceAll(MARKER, (_, kind: string) => {
    const make = TABLES[kind]
    if (!make) throw new Error(`${page} asks for a table of frameworks of the kind "${kind}". There are: ${Object.keys(TABLES).join(', ')}.`)
    const guides = page.startsWith('docs/guides/') ? '' : 'docs/guides/'
    return `<!-- frameworks: ${kind} -->\n${make(versionsOf(root), guides)}\n<!-- /frameworks -->`
  })
}

/** The versions that a lock file names; that of the root has no name. */
type Versions = (packageName: string, extra?: string) => string

function versionsOf(root: string): Versions {
  return (packageName, extra = '') => {
    const { packages } = JSON.parse(readFileSync(join(root, extra, 'package-lock.json'), 'utf8')) as { packages: { [path: string]: { version: string } } }
    const version = packages[`node_modules/${packageName}`]?.version
    if (version === undefined) throw new Error(`The lock file ${join(extra, 'package-lock.json')} names no ${packageName}.`)
    return version
  }
}

const TABLES: { readonly [kind: string]: (version: Versions, guides: string) => string } = {
  table: (version, guides) => {
    const row = (name: string, page: string, versions: readonly string[], adapter: string, session: string): string[] => [
      `[${name}](${guides}${page}.md)`,
      versions.join(', '),
      code(`instar/adapters/${adapter}`),
      session,
    ]
    return table(
      ['framework', 'versions that the tests ran', 'import', 'the session is'],
      [
        row('Express', 'express', [version('express4'), version('express')], 'express', code('req.session')),
        row('Fastify', 'fastify', [`${version('fastify')}, on HTTP/1 and HTTP/2`], 'fastify', code('request.session')),
        row('Koa', 'koa', [version('koa2'), version('koa')], 'koa', code('ctx.session')),
        row('Hono', 'hono', [`${version('hono')}, on Node, Bun and Deno`], 'hono', code('c.var.session')),
        row('Next.js', 'nextjs', [version('next', 'examples/full-stack/nextjs')], 'web', 'an argument'),
        row('SvelteKit', 'sveltekit', [version('@sveltejs/kit', 'examples/full-stack/sveltekit')], 'web', code('event.locals.session')),
        row('React Router', 'react-router', [version('react-router', 'examples/full-stack/react-router')], 'web', 'in its context'),
        row('`(Request) => Response`', 'web', ['on Node, Bun and Deno, and with the web platform’s globals alone'], 'web', 'an argument'),
        row('node:http, node:http2', 'node', ['those of Node'], 'node', 'an argument'),
        row('ws', 'sockets', [version('ws')], 'sockets', 'that of the handshake'),
        row('Socket.IO', 'sockets', [version('socket.io')], 'sockets', code('socket.data.session')),
      ],
    )
  },
  runtimes: (version) => {
    const nodes = [version('node', 'runtimes/node-22'), version('node'), version('node', 'runtimes/node-26')]
    return `Runtimes that the tests ran on: Node ${nodes.join(', ')}; Bun ${version('bun', 'runtimes/bun')}; Deno ${version('deno', 'runtimes/deno')}.`
  },
}
