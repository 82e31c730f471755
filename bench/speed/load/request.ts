/** A request as it goes over the socket, and what must come back. */
export interface Prepared {
  readonly bytes: Buffer
  readonly body: string
}

export const HOST = 'shop.example'

/** What a browser sends, and a proxy that ends its TLS. */
const COMMON = [
  `Host: ${HOST}`,
  'X-Forwarded-For: 203.0.113.7',
  'X-Forwarded-Proto: https',
  'User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
  'Accept: application/json',
  'Accept-Language: en-GB,en;q=0.9',
  'Accept-Encoding: gzip, deflate, br',
  'Sec-Fetch-Site: same-origin',
  'Sec-Fetch-Mode: cors',
  'Sec-Fetch-Dest: empty',
].join('\r\n')

/** Of others than the session: most sites have some. */
const OTHER_COOKIES = 'theme=dark; consent=1'

export interface Wanted {
  readonly method?: 'GET' | 'POST'
  readonly path: string
  readonly headers?: { readonly [name: string]: string | number }
  /** The session's, such as `sid=1`. */
  readonly cookie?: string
  /** The answer's body, as JSON. */
  readonly answer: unknown
}

export function prepared({ method = 'GET', path, headers = {}, cookie, answer }: Wanted): Prepared {
  const lines = [`${method} ${path} HTTP/1.1`, COMMON]
  if (method === 'POST') lines.push(`Origin: https://${HOST}`, 'Content-Length: 0')
  for (const [name, value] of Object.entries(headers)) lines.push(`${name}: ${value}`)
  lines.push(`Cookie: ${cookie ? `${OTHER_COOKIES}; ${cookie}` : OTHER_COOKIES}`)
  return { bytes: Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), body: typeof answer === 'string' ? answer : JSON.stringify(answer) }
}
