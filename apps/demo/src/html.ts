/** Markup that is safe to send as it is: only the tag `html` makes it. */
export class Html {
  readonly #markup: string

  private constructor(markup: string) {
    this.#markup = markup
  }

  toString(): string {
    return this.#markup
  }

  /**
   * A template whose values are escaped, for text and for attributes in double quotes. Markup made by this tag, alone or in arrays, goes in as it is;
   * null, undefined and false leave nothing.
   */
  static readonly tag = (parts: TemplateStringsArray, ...values: readonly HtmlValue[]): Html =>
    new Html(parts.reduce((markup, part, index) => markup + markupOf(values[index - 1]) + part))
}

export type HtmlValue = string | number | Html | readonly HtmlValue[] | null | undefined | false

export const html = Html.tag

const ESCAPES: { readonly [character: string]: string } = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

function markupOf(value: HtmlValue): string {
  if (value === null || value === undefined || value === false) return ''
  if (value instanceof Html) return value.toString()
  if (Array.isArray(value)) return value.map(markupOf).join('')
  return String(value).replace(/[&<>"']/g, (character) => ESCAPES[character] as string)
}
