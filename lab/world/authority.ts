import 'reflect-metadata'
import type { webcrypto } from 'node:crypto'
import * as x509 from '@peculiar/x509'
import { HOSTS } from './hosts.ts'

export interface Certificate {
  readonly key: string
  readonly cert: string
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
const DAY = 86_400_000

/** A certificate for all hosts of the lab, from an authority that is made on the spot and forgotten. */
export async function makeCertificate(): Promise<Certificate> {
  const validity = { notBefore: new Date(Date.now() - DAY), notAfter: new Date(Date.now() + DAY) }
  const authorityKeys = await generateKeys()
  const authority = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=Instar lab authority',
    ...validity,
    keys: authorityKeys,
    signingAlgorithm: ALGORITHM,
    extensions: [new x509.BasicConstraintsExtension(true, 0, true), new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true)],
  })
  const keys = await generateKeys()
  const leaf = await x509.X509CertificateGenerator.create({
    subject: `CN=${HOSTS.app}`,
    issuer: authority.subject,
    ...validity,
    publicKey: keys.publicKey,
    signingKey: authorityKeys.privateKey,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(Object.values(HOSTS).map((value) => ({ type: 'dns', value }))),
    ],
  })
  const key = x509.PemConverter.encode(await crypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY')
  return { key, cert: `${leaf.toString('pem')}\n${authority.toString('pem')}` }
}

const generateKeys = (): Promise<webcrypto.CryptoKeyPair> => crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])
