import { registerHooks } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

/**
 * Makes the files of a folder import packages from an installation elsewhere, until the returned function is called: there stand the peers, and the library as it is
 * built, neither of which the main installation has.
 */
export function resolveFrom(home: string, folder: string): () => void {
  const ours = pathToFileURL(join(folder, '/')).href
  const parentURL = pathToFileURL(join(home, 'package.json')).href
  const hooks = registerHooks({
    resolve(specifier, context, next) {
      const isPackage = !/^(\.|node:|file:)/.test(specifier)
      return next(specifier, isPackage && context.parentURL?.startsWith(ours) ? { ...context, parentURL } : context)
    },
  })
  return () => hooks.deregister()
}
