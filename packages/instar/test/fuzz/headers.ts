import { SessionManager } from 'instar'
import { memoryStore } from 'instar/stores/memory'
import { createTestSession } from 'instar/testing'
import { Random } from '../random.ts'

export interface FuzzOutcome {
  readonly headers: number
  /** How many opened the session: those that carried its cookie, and no other like it, to the letter. */
  readonly opened: number
  readonly violations: readonly string[]
}

const NAMES = ['__Host-Http-sid', '__Host-Http-pre'] as const
const SPACES = ['', '', '', ' ', '  ', '\t', '\u00a0', '\u0085', '\v', '\f', '\r', '\n', '\0', '\u2003', '\ufeff', '\u200b']
const SEPARATORS = ['; ', '; ', '; ', ';', ' ;', ';;', ',', ', ', '; ; ', ';\t', '\u00a0;', '&', '\n']
const OTHERS = [
  'theme=dark',
  '$Version=1',
  '$Path=/',
  'a',
  '=',
  '=x',
  'a=b=c',
  '""',
  '__Secure-sid=1',
  '__Host-sid=1',
  '__Host-Http-sidx=1',
  'x__Host-Http-sid=1',
  'sid=1',
  '__proto__=1',
  'constructor=1',
]

/** Sends generated Cookie headers to a manager that knows one login and one anonymous session. */
export async function fuzzHeaders(count: number, seed: number): Promise<FuzzOutcome> {
  const random = new Random(seed)
  const sessions = new SessionManager({ store: memoryStore() })
  const login = await createTestSession(sessions, { userId: 'victim' })
  const anonymous = await createTestSession(sessions, { data: { cart: ['tea'] } })
  const tokens = [login, anonymous].map(({ cookie }) => cookie.slice(cookie.indexOf('=') + 1)) as [string, string]
  const violations: string[] = []
  let opened = 0
  for (let n = 0; n < count && violations.length < 10; n++) {
    const header = makeHeader(random, tokens)
    try {
      const session = await sessions.open({ method: 'GET', url: 'https://shop.example/', headers: { get: (name) => (name === 'cookie' ? header : null) } })
      const who = session.userId === 'victim' ? 'login' : session.handle === anonymous.handle ? 'anonymous' : 'nobody'
      if (who !== 'nobody') opened++
      const complaint = judge(header, who, tokens)
      if (complaint) violations.push(`${complaint}: ${JSON.stringify(header.slice(0, 400))}`)
    } catch (error) {
      violations.push(`an exception, ${error}: ${JSON.stringify(header.slice(0, 400))}`)
    }
  }
  return { headers: count, opened, violations }
}

function makeHeader(random: Random, tokens: readonly [string, string]): string {
  if (random.chance(50)) return rawBytes(random, random.integer(200))
  const pairs = Array.from({ length: 1 + random.integer(5) }, () => makePair(random, tokens))
  if (random.chance(2_000)) pairs.splice(random.integer(pairs.length), 0, random.chance(2) ? `big=${'x'.repeat(100_000)}` : 'a;'.repeat(50_000))
  let header = random.chance(4) ? random.pick(SPACES) : ''
  for (const [index, pair] of pairs.entries()) header += (index === 0 ? '' : random.pick(SEPARATORS)) + pair
  return random.chance(20) ? mutated(random, header) : header
}

function makePair(random: Random, tokens: readonly [string, string]): string {
  const kind = random.integer(3)
  if (kind === 0) return random.pick(OTHERS)
  const which = random.integer(2)
  const name = kind === 1 ? (NAMES[which] as string) : oddName(random, NAMES[which] as string)
  const value = random.chance(3) ? oddValue(random, tokens[which] as string) : (tokens[random.chance(8) ? 1 - which : which] as string)
  return `${name}=${value}`
}

function oddName(random: Random, name: string): string {
  const odd = [
    name.toLowerCase(),
    name.toUpperCase(),
    name.replace('Http', 'http'),
    random.pick(SPACES) + name + random.pick(SPACES),
    name.replace('_', '%5F'),
    name.replace('s', '%73'),
    `"${name}"`,
    name.slice(0, -1),
    `${name}${String.fromCharCode(random.integer(256))}`,
    String.fromCharCode(0x80 + random.integer(128)) + name,
  ]
  return random.pick(odd)
}

function oddValue(random: Random, token: string): string {
  const odd = [
    `"${token}"`,
    `${token} `,
    ` ${token}`,
    `${token}=`,
    token.slice(0, -1),
    `${token}A`,
    encodeURIComponent(token).replace('.', '%2E'),
    token.replace('.', '..'),
    token.toLowerCase(),
    '',
    mutated(random, token),
    rawBytes(random, 66),
  ]
  return random.pick(odd)
}

function mutated(random: Random, text: string): string {
  const at = random.integer(text.length + 1)
  return text.slice(0, at) + rawBytes(random, 1 + random.integer(2)) + text.slice(at + random.integer(2))
}

const rawBytes = (random: Random, length: number): string => String.fromCharCode(...Array.from({ length }, () => random.integer(256)))

/** What is wrong with the outcome, by a second, plainer reading of the header. */
function judge(header: string, who: 'login' | 'anonymous' | 'nobody', tokens: readonly [string, string]): string | undefined {
  const pairs = header.split(';').map((pair) => pair.replace(/^[ \t]+/, ''))
  const exact = NAMES.map((name) => pairs.filter((pair) => pair.startsWith(`${name}=`)).map((pair) => pair.slice(name.length + 1)))
  const [logins, anonymous] = exact as [string[], string[]]
  if (who === 'login' && !(logins.length === 1 && logins[0] === tokens[0])) return 'a login that was not sent exactly'
  if (who === 'anonymous' && !(anonymous.length === 1 && anonymous[0] === tokens[1])) return 'an anonymous session that was not sent exactly'
  const isPlain = pairs.every((pair) => NAMES.some((name) => pair.startsWith(`${name}=`)) || OTHERS.includes(pair))
  if (who === 'nobody' && isPlain && logins.length === 1 && logins[0] === tokens[0]) return 'a login that was sent exactly and not opened'
  return undefined
}
