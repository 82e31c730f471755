import 'reflect-metadata'
import { createPrivateKey, type webcrypto, X509Certificate } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as x509 from '@peculiar/x509'
import { onlyLocalhost } from './name-constraints.ts'
import { SettingsError } from './settings.ts'

export interface Certificate {
  readonly key: string
  readonly cert: string
  /** The file of the authority's certificate, to be trusted by browsers. */
  readonly authorityFile: string
}

interface Identity {
  readonly cert: string
  readonly key: string
}

const DAY = 86_400_000
const MARGIN = 7 * DAY
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }

/** A certificate for localhost, from an authority of this folder; both are made where they are missing, damaged or about to expire. */
export async function ensureCertificate(folder: string): Promise<Certificate> {
  ensurePrivate(folder)
  const authority = load(folder, 'authority') ?? save(folder, 'authority', await createAuthority())
  const issuer = new X509Certificate(authority.cert)
  const found = load(folder, 'localhost')
  const isOurs = found !== undefined && new X509Certificate(found.cert).verify(issuer.publicKey)
  const { key, cert } = isOurs ? found : save(folder, 'localhost', await createLeaf(authority))
  return { key, cert, authorityFile: join(folder, 'authority.pem') }
}

async function createAuthority(): Promise<Identity> {
  const keys = await generateKeys()
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=Instar demo authority (localhost only)',
    ...validFor(800 * DAY),
    keys,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      onlyLocalhost(),
    ],
  })
  return { cert: certificate.toString('pem'), key: await pemOf(keys.privateKey) }
}

async function createLeaf(authority: Identity): Promise<Identity> {
  const keys = await generateKeys()
  const issuer = new x509.X509Certificate(authority.cert)
  const certificate = await x509.X509CertificateGenerator.create({
    subject: 'CN=localhost',
    issuer: issuer.subject,
    ...validFor(90 * DAY),
    publicKey: keys.publicKey,
    signingKey: await importKey(authority.key),
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension([
        { type: 'dns', value: 'localhost' },
        { type: 'dns', value: '*.localhost' },
        { type: 'ip', value: '127.0.0.1' },
        { type: 'ip', value: '::1' },
      ]),
      await x509.AuthorityKeyIdentifierExtension.create(issuer),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  })
  return { cert: certificate.toString('pem'), key: await pemOf(keys.privateKey) }
}

const generateKeys = (): Promise<webcrypto.CryptoKeyPair> => crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])

const importKey = (pem: string): Promise<webcrypto.CryptoKey> =>
  crypto.subtle.importKey('pkcs8', new Uint8Array(createPrivateKey(pem).export({ type: 'pkcs8', format: 'der' })), ALGORITHM, false, ['sign'])

const pemOf = async (key: webcrypto.CryptoKey): Promise<string> => x509.PemConverter.encode(await crypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY')

/** From a day ago, for clocks that are slow. */
const validFor = (time: number): { notBefore: Date; notAfter: Date } => ({ notBefore: new Date(Date.now() - DAY), notAfter: new Date(Date.now() + time) })

/** Makes the folder where it is missing; throws where others could put a key of theirs in the place of ours. */
function ensurePrivate(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const isOpen = process.platform !== 'win32' && (statSync(folder).mode & 0o022) !== 0
  if (isOpen)
    throw new SettingsError(
      `Other users can write to the folder ${folder}, so no keys are kept in it. Set DEMO_DB to a file in a folder that only you can write to.`,
    )
}

/** What the folder holds, if it is whole and good for a while. */
function load(folder: string, name: string): Identity | undefined {
  const files = filesOf(folder, name)
  try {
    const identity = { cert: readFileSync(files.cert, 'utf8'), key: readFileSync(files.key, 'utf8') }
    const certificate = new X509Certificate(identity.cert)
    const isGood = certificate.validToDate.getTime() - Date.now() > MARGIN && certificate.checkPrivateKey(createPrivateKey(identity.key))
    return isGood ? identity : undefined
  } catch {
    return undefined // missing or damaged
  }
}

function save(folder: string, name: string, identity: Identity): Identity {
  const files = filesOf(folder, name)
  write(files.key, identity.key, 0o600)
  write(files.cert, identity.cert, 0o644)
  return identity
}

const filesOf = (folder: string, name: string): Identity => ({ cert: join(folder, `${name}.pem`), key: join(folder, `${name}.key`) })

/** Under another name first, so that a half-written file is never found; a new file, because an old one would keep its mode, or be a link. */
function write(file: string, text: string, mode: number): void {
  const unfinished = `${file}.new`
  rmSync(unfinished, { force: true })
  writeFileSync(unfinished, text, { flag: 'wx', mode })
  renameSync(unfinished, file)
}
