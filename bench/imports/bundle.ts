import { createRequire } from 'node:module'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { PEERS } from './peers.ts'
import type { Subject } from './subjects.ts'

export interface Bundled {
  readonly bytes: number
  readonly gzipBytes: number
}

/** The part of esbuild that is used. */
interface Bundler {
  buildSync(options: object): { readonly outputFiles: readonly { readonly contents: Uint8Array }[] }
}

/** Everything that a subject exports, bundled and minified, as it is found from a folder. What Node has itself stays out. */
export function bundled({ specifiers, isPortable = false }: Subject, folder: string): Bundled {
  const { buildSync } = createRequire(join(PEERS, 'package.json'))('esbuild') as Bundler
  const contents = specifiers.map((specifier, n) => `export * as _${n} from '${specifier}'\n`).join('')
  const { outputFiles } = buildSync({
    stdin: { contents, resolveDir: folder },
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    platform: isPortable ? 'neutral' : 'node',
    legalComments: 'none',
    logLevel: 'error',
  })
  const code = outputFiles[0]?.contents ?? new Uint8Array()
  return { bytes: code.length, gzipBytes: gzipSync(code).length }
}
