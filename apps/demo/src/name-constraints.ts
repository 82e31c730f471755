import { Extension } from '@peculiar/x509'

const NAME_CONSTRAINTS = '2.5.29.30'
const TAGS = { sequence: 0x30, permitted: 0xa0, email: 0x81, dns: 0x82, uri: 0x86, ip: 0x87 } // DER tags of RFC 5280, section 4.2.1.10

/** Lets an authority vouch for localhost and nothing else, so that trusting it opens no other site to whoever steals its key. */
export function onlyLocalhost(): Extension {
  const subtrees = [
    // What has no subtree of its kind would be permitted whole.
    ...[TAGS.dns, TAGS.email, TAGS.uri].map((kind) => der(kind, Buffer.from('localhost'))),
    der(TAGS.ip, Buffer.from([127, 0, 0, 1, 255, 255, 255, 255])),
    der(TAGS.ip, Buffer.concat([Buffer.alloc(15), Buffer.from([1]), Buffer.alloc(16, 255)])),
  ].map((name) => der(TAGS.sequence, name))
  const constraints = der(TAGS.sequence, der(TAGS.permitted, ...subtrees))
  return new Extension(NAME_CONSTRAINTS, true, new Uint8Array(constraints))
}

/** A value of fewer than 128 bytes, whose length is one byte. */
function der(tag: number, ...contents: Buffer[]): Buffer {
  const content = Buffer.concat(contents)
  return Buffer.concat([Buffer.from([tag, content.length]), content])
}
