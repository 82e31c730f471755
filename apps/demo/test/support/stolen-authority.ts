import { createPrivateKey } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer, request } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import * as x509 from '@peculiar/x509'

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }

/** Serves localhost under a certificate that a thief of the authority's key made for more names; resolves when one who trusts the authority takes it. */
export async function visitWithForgedNames(folder: string, names: x509.JsonGeneralNames): Promise<void> {
  const ca = readFileSync(join(folder, 'authority.pem'), 'utf8')
  const server = createServer({ ...(await forge(ca, readFileSync(join(folder, 'authority.key'), 'utf8'), names)) }, (_request, response) => response.end())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    const { port } = server.address() as AddressInfo
    await new Promise((resolve, reject) => {
      request({ host: '127.0.0.1', port, servername: 'localhost', ca, agent: false }, (response) => response.resume().once('end', resolve))
        .once('error', reject)
        .end()
    })
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

async function forge(ca: string, caKey: string, names: x509.JsonGeneralNames): Promise<{ key: string; cert: string }> {
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])
  const der = new Uint8Array(createPrivateKey(caKey).export({ type: 'pkcs8', format: 'der' }))
  const certificate = await x509.X509CertificateGenerator.create({
    subject: 'CN=localhost',
    issuer: new x509.X509Certificate(ca).subject,
    publicKey: keys.publicKey,
    signingKey: await crypto.subtle.importKey('pkcs8', der, ALGORITHM, false, ['sign']),
    signingAlgorithm: ALGORITHM,
    extensions: [new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: 'localhost' }, ...names])],
  })
  return { cert: certificate.toString('pem'), key: x509.PemConverter.encode(await crypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY') }
}
