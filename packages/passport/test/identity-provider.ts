import { generateKeyPairSync, randomUUID } from 'node:crypto'
import { inflateRawSync } from 'node:zlib'
import { original } from './installed.ts'

/** A small identity provider for SAML 2.0, with a key of its own. */
export interface IdentityProvider {
  readonly publicKey: string
  /** The signed answer, in base64, to the request in a redirect's address. */
  answer(address: string, to: { readonly audience: string; readonly callbackUrl: string }): string
}

export function startIdentityProvider(): IdentityProvider {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  })
  const answer: IdentityProvider['answer'] = (address, { audience, callbackUrl }) => {
    const asked = inflateRawSync(Buffer.from(new URL(address).searchParams.get('SAMLRequest') as string, 'base64')).toString()
    const requestId = /ID="([^"]+)"/.exec(asked)?.[1]
    const [issued, until] = [new Date().toISOString(), new Date(Date.now() + 60_000).toISOString()]
    const xml = `<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_${randomUUID()}" Version="2.0" IssueInstant="${issued}" Destination="${callbackUrl}" InResponseTo="${requestId}"><saml:Issuer>urn:idp</saml:Issuer><samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status><saml:Assertion ID="_${randomUUID()}" Version="2.0" IssueInstant="${issued}"><saml:Issuer>urn:idp</saml:Issuer><saml:Subject><saml:NameID Format="urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress">ann@example.org</saml:NameID><saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml:SubjectConfirmationData NotOnOrAfter="${until}" Recipient="${callbackUrl}" InResponseTo="${requestId}"/></saml:SubjectConfirmation></saml:Subject><saml:Conditions NotOnOrAfter="${until}"><saml:AudienceRestriction><saml:Audience>${audience}</saml:Audience></saml:AudienceRestriction></saml:Conditions><saml:AuthnStatement AuthnInstant="${issued}" SessionIndex="_1"><saml:AuthnContext><saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement></saml:Assertion></samlp:Response>`
    const signed = sign(sign(xml, privateKey, 'Assertion'), privateKey, 'Response')
    return Buffer.from(signed).toString('base64')
  }
  return { publicKey, answer }
}

function sign(xml: string, privateKey: string, element: string): string {
  const { SignedXml } = original('xml-crypto')
  const signature = new SignedXml({
    privateKey,
    signatureAlgorithm: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
    canonicalizationAlgorithm: 'http://www.w3.org/2001/10/xml-exc-c14n#',
  })
  signature.addReference({
    xpath: `//*[local-name(.)='${element}']`,
    transforms: ['http://www.w3.org/2000/09/xmldsig#enveloped-signature', 'http://www.w3.org/2001/10/xml-exc-c14n#'],
    digestAlgorithm: 'http://www.w3.org/2001/04/xmlenc#sha256',
  })
  signature.computeSignature(xml, { location: { reference: `//*[local-name(.)='${element}']/*[local-name(.)='Issuer']`, action: 'after' } })
  return signature.getSignedXml()
}
