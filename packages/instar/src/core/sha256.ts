// FIPS 180-4, section 6.2. Used only where the runtime offers no synchronous digest.

const ROUND_CONSTANTS = fractionsOfRoots(64, 1 / 3)
const INITIAL_STATE = fractionsOfRoots(8, 1 / 2)

export function sha256Bytes(message: Uint8Array): Uint8Array {
  const blocks = padded(message)
  const state = INITIAL_STATE.slice()
  const schedule = new Uint32Array(64)
  for (let offset = 0; offset < blocks.byteLength; offset += 64) compress(state, schedule, blocks, offset)

  const digest = new DataView(new ArrayBuffer(32))
  state.forEach((word, index) => {
    digest.setUint32(index * 4, word)
  })
  return new Uint8Array(digest.buffer)
}

function padded(message: Uint8Array): DataView {
  const length = Math.ceil((message.length + 9) / 64) * 64
  const bytes = new Uint8Array(length)
  bytes.set(message)
  bytes[message.length] = 0x80
  const view = new DataView(bytes.buffer)
  view.setUint32(length - 8, Math.floor((message.length * 8) / 2 ** 32))
  view.setUint32(length - 4, message.length * 8)
  return view
}

function compress(state: Uint32Array, w: Uint32Array, blocks: DataView, offset: number): void {
  for (let t = 0; t < 16; t++) w[t] = blocks.getUint32(offset + t * 4)
  for (let t = 16; t < 64; t++) {
    const near = w[t - 2] as number
    const far = w[t - 15] as number
    const s1 = rotated(near, 17) ^ rotated(near, 19) ^ (near >>> 10)
    const s0 = rotated(far, 7) ^ rotated(far, 18) ^ (far >>> 3)
    w[t] = s1 + (w[t - 7] as number) + s0 + (w[t - 16] as number)
  }

  let [a, b, c, d, e, f, g, h] = state as unknown as [number, number, number, number, number, number, number, number]
  for (let t = 0; t < 64; t++) {
    const choice = (e & f) ^ (~e & g)
    const majority = (a & b) ^ (a & c) ^ (b & c)
    const s1 = rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25)
    const s0 = rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22)
    const first = (h + s1 + choice + (ROUND_CONSTANTS[t] as number) + (w[t] as number)) >>> 0
    const second = (s0 + majority) >>> 0
    ;[h, g, f, e, d, c, b, a] = [g, f, e, (d + first) >>> 0, c, b, a, (first + second) >>> 0]
  }
  for (const [index, word] of [a, b, c, d, e, f, g, h].entries()) state[index] = (state[index] as number) + word
}

const rotated = (word: number, bits: number): number => (word >>> bits) | (word << (32 - bits))

/** The first 32 bits of the fractional parts of the roots of the first primes. */
function fractionsOfRoots(count: number, exponent: number): Uint32Array {
  const primes: number[] = []
  for (let n = 2; primes.length < count; n++) if (primes.every((prime) => n % prime !== 0)) primes.push(n)
  return Uint32Array.from(primes, (prime) => Math.floor((prime ** exponent % 1) * 2 ** 32))
}
