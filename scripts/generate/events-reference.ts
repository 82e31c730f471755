import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Member, parseInterface, parseObjectType, parseUnion } from './interface-parser.ts'
import { code, generatedFrom, table } from './markdown.ts'

/** docs/reference/events.md, from the types of the events. */
export function eventsReference(root: string): string {
  const path = 'packages/instar/src/core/events.ts'
  const source = readFileSync(join(root, path), 'utf8')
  const common = parseInterface(source, 'Seen').members
  const events = parseInterface(source, 'SessionEventFields').members
  const reasons = parseUnion(source, 'DropReason')
  const rows = events.map(({ name, doc, type }) => {
    if (doc === '') throw new Error(`The event ${name} has no doc comment.`)
    return [code(name), doc, parseObjectType(type).map(field).join('<br>')]
  })
  return `${generatedFrom(path)}

# Events

\`onEvent\` of the \`SessionManager\` hears of everything that happens to sessions. It is called synchronously; what it throws is printed and otherwise ignored.
No event holds a secret, a token or the value of a cookie. Narrow an event by its \`type\`.

\`\`\`ts
new SessionManager({
  store,
  onEvent(event) {
    if (event.type === 'session.superseded_token') log.warn(event, 'the cookie of a retired session came back')
  },
})
\`\`\`

Every event has ${common.map(field).join(', ')}: when, on which row, of which user and by which client, as far as each is known. The handle opens nothing.

${table(['type', 'meaning', 'fields beside those'], rows)}

\`DropReason\` is one of ${reasons.map((reason) => code(reason)).join(', ')}.
`
}

const field = ({ name, isOptional, type }: Member): string => code(`${name}${isOptional ? '?' : ''}: ${type}`)
