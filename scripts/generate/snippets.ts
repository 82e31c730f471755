import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const MARKER = /^<!-- snippet: ([^\s#]+)(?:#([^\n]+?))? -->\n[\s\S]*?^<!-- \/snippet -->$/gm

/**
 * Fills the snippets of a page from the files that they name. `<!-- snippet: path#anchor -->` stands before, `<!-- /snippet -->` after. The anchor is
 * the name of a region (`// #region name` … `// #endregion`), or of something declared, or a quoted text that one line alone contains: the whole statement
 * that begins there is taken. Without an anchor the whole file is. Throws when the file or the anchor is not there.
 */
export function withSnippets(root: string, page: string, markdown: string): string {
  return markdown.replaceAll(MARKER, (_, path: string, anchor: string | undefined) => {
    let lines: readonly string[]
    try {
      lines = snippetOf(readFileSync(join(root, path), 'utf8'), anchor)
    } catch (error) {
      throw new Error(`${page} quotes ${path}${anchor === undefined ? '' : `#${anchor}`}: ${(error as Error).message}`)
    }
    return `<!-- snippet: ${path}${anchor === undefined ? '' : `#${anchor}`} -->\n\`\`\`${path.endsWith('.tsx') ? 'tsx' : 'ts'}\n${lines.join('\n')}\n\`\`\`\n<!-- /snippet -->`
  })
}

export function snippetOf(source: string, anchor: string | undefined): readonly string[] {
  const lines = source.trimEnd().split('\n')
  if (anchor === undefined) return lines
  return withoutIndent((region(lines, anchor) ?? statement(lines, anchor)).filter((line) => !/^\s*\/\/ #(end)?region\b/.test(line)))
}

function region(lines: readonly string[], name: string): readonly string[] | undefined {
  const start = lines.findIndex((line) => line.trim() === `// #region ${name}`)
  if (start === -1) return undefined
  let depth = 1
  for (let at = start + 1; at < lines.length; at++) {
    if (/^\s*\/\/ #region\b/.test(lines[at] as string)) depth++
    else if (/^\s*\/\/ #endregion\b/.test(lines[at] as string) && --depth === 0) return lines.slice(start + 1, at)
  }
  throw new Error(`The region ${name} does not end.`)
}

/** In formatted code a statement ends at its own line, or at the first line that closes a bracket at its own indentation. */
function statement(lines: readonly string[], anchor: string): readonly string[] {
  const quoted = /^"(.+)"$/.exec(anchor)?.[1]
  const declaration = new RegExp(`^\\s*(export )?(default )?(async )?(function|class|const|let|interface|type) ${anchor.replace(/\W/g, '\\$&')}\\b`)
  const found = lines.flatMap((line, at) => ((quoted === undefined ? declaration.test(line) : line.includes(quoted)) ? [at] : []))
  if (found.length !== 1) throw new Error(`${found.length === 0 ? 'Nothing' : 'More than one line'} fits that anchor.`)
  const start = found[0] as number
  const indent = indentOf(lines[start] as string)
  let end = start
  if (indentOf(lines[start + 1] ?? '') > indent) {
    do end++
    while (end < lines.length && ((lines[end] as string).trim() === '' || indentOf(lines[end] as string) > indent))
    if (!/^\s*[)\]}]/.test(lines[end] ?? '')) throw new Error('The statement does not end with a closing bracket.')
  }
  let first = start
  while (first > 0 && indentOf(lines[first - 1] as string) >= indent && /^\s*(\/\/|\/\*\*|\*)/.test(lines[first - 1] as string)) first--
  return lines.slice(first, end + 1)
}

const indentOf = (line: string): number => line.length - line.trimStart().length

function withoutIndent(lines: readonly string[]): readonly string[] {
  const indent = Math.min(...lines.filter((line) => line.trim() !== '').map(indentOf))
  return lines.map((line) => line.slice(indent))
}
