/** One field of an interface as its source has it. */
export interface Member {
  readonly name: string
  readonly isOptional: boolean
  /** The type as written, on one line. */
  readonly type: string
  /** The doc comment on one line; empty when there is none. */
  readonly doc: string
}

export interface ParsedInterface {
  readonly name: string
  readonly doc: string
  readonly members: readonly Member[]
}

/**
 * Reads one interface out of formatted TypeScript. It knows fields with doc comments and nothing else: what it does not understand, methods included,
 * makes it throw, so that a reference page is never silently short of something.
 */
export function parseInterface(source: string, name: string): ParsedInterface {
  const head = new RegExp(`^(?:export )?interface ${name}(?:<[^{]*>)?(?: extends [^{]*)? \\{`, 'm').exec(source)
  if (!head) throw new Error(`There is no interface ${name}.`)
  const end = closingBrace(source, head.index + head[0].length, name)
  const body = source.slice(head.index + head[0].length, end)
  return { name, doc: docBefore(source, head.index), members: parseMembers(body, name) }
}

/** The literals of `export type Name = 'a' | 'b'`. */
export function parseUnion(source: string, name: string): readonly string[] {
  const match = new RegExp(`^export type ${name} =([^\\n]*(?:\\n {2}\\|[^\\n]*)*)`, 'm').exec(source)
  const literals = [...(match?.[1] ?? '').matchAll(/'([^']+)'/g)].map((literal) => literal[1] as string)
  if (literals.length === 0) throw new Error(`There is no union of literals ${name}.`)
  return literals
}

/** The fields of an object type written in place, `{ readonly a: string; readonly b?: number }`; none for `object`. */
export function parseObjectType(type: string): readonly Member[] {
  if (type === 'object') return []
  if (!type.startsWith('{') || !type.endsWith('}')) throw new Error(`${type} is not an object type.`)
  return parseMembers(type.slice(1, -1), type)
}

function parseMembers(body: string, where: string): Member[] {
  const members: Member[] = []
  let rest = body
  while ((rest = rest.replace(/^[\s;]+/, '')) !== '') {
    const comment = /^\/\/[^\n]*\n?/.exec(rest)
    if (comment) {
      rest = rest.slice(comment[0].length)
      continue
    }
    const doc = /^\/\*\*([\s\S]*?)\*\/\s*/.exec(rest)
    if (doc) rest = rest.slice(doc[0].length)
    const field = /^(?:readonly )?(?:([A-Za-z_$][\w$]*)|'([^']+)')(\?)?:\s+/.exec(rest)
    if (!field) throw new Error(`${where} has something that is no field: ${rest.slice(0, 60)}`)
    const length = typeLength(rest.slice(field[0].length))
    const type = rest.slice(field[0].length, field[0].length + length)
    rest = rest.slice(field[0].length + length)
    members.push({ name: (field[1] ?? field[2]) as string, isOptional: field[3] === '?', type: oneLine(type), doc: docText(doc?.[1] ?? '') })
  }
  return members
}

/** How far a type goes: to the first `;` or line end outside brackets that no `|`, `&` or `?` continues. */
function typeLength(text: string): number {
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    const char = text[at] as string
    if (char === "'") at = text.indexOf("'", at + 1)
    else if ('({[<'.includes(char)) depth++
    else if (')}]'.includes(char) || (char === '>' && text[at - 1] !== '=')) depth--
    else if (depth === 0 && char === ';') return at
    else if (depth === 0 && char === '\n' && !/^\s*[|&?:]/.test(text.slice(at)) && text.slice(0, at).trim() !== '') return at
  }
  return text.trimEnd().length
}

function closingBrace(source: string, start: number, name: string): number {
  let depth = 1
  for (let at = start; at < source.length; at++) {
    if (source.startsWith('/*', at)) at = source.indexOf('*/', at) + 1
    else if (source.startsWith('//', at)) at = source.indexOf('\n', at)
    else if (source[at] === "'") at = source.indexOf("'", at + 1)
    else if (source[at] === '{') depth++
    else if (source[at] === '}' && --depth === 0) return at
  }
  throw new Error(`The interface ${name} does not end.`)
}

/** The doc comment that ends right before a place. */
function docBefore(source: string, index: number): string {
  const before = source.slice(0, index).trimEnd()
  const start = before.lastIndexOf('/**')
  if (!before.endsWith('*/') || start === -1) return ''
  return docText(before.slice(start + 3, -2))
}

const docText = (comment: string): string => oneLine(comment.replace(/^\s*\*/gm, ' '))

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim()
