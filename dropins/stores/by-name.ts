import { registerHooks } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

// Imported before all else: whoever asks for express-session by name is given the drop-in, as `overrides` of a package.json does it.

const FACE = pathToFileURL(join(import.meta.dirname, '../../packages/express-session/index.js')).href

registerHooks({
  resolve: (specifier, context, next) => (specifier === 'express-session' ? { url: FACE, format: 'commonjs', shortCircuit: true } : next(specifier, context)),
})
