import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { code, generatedFrom, table } from './markdown.ts'

/** docs/reference/errors.md, from the data that the library itself uses. */
export async function errorsReference(root: string): Promise<string> {
  const source = 'packages/instar/src/core/errors.ts'
  const { ERRORS } = (await import(pathToFileURL(join(root, source)).href)) as { ERRORS: Record<string, readonly [status: number, meaning: string]> }
  const rows = Object.entries(ERRORS).map(([name, [status, meaning]]) => [code(name), String(status), meaning])
  return `${generatedFrom(source)}

# Errors

Instar has one error class, \`InstarError\`. \`code\` narrows, \`status\` is the HTTP status, \`cause\` is what lay beneath. The message says what happened and
what to do; it never holds a secret, a token or a cookie. \`expose\` is true below 500: such a message may be shown to the person who made the request.
Express answers with \`status\` by itself.

\`\`\`ts
import { InstarError } from 'instar'

app.use((error, req, res, next) => {
  if (error instanceof InstarError && error.code === 'limit_reached') return res.status(error.status).render('too-many-devices')
  next(error)
})
\`\`\`

${table(['code', 'status', 'meaning'], rows)}
`
}
