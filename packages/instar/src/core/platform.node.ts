import { hash, randomBytes } from 'node:crypto'

/** SHA-256 of a text's UTF-8 bytes, as base64url. */
export const sha256 = (text: string): string => hash('sha256', text, 'base64url')

/** As many random bytes from the system's generator, as base64url. */
export const randomText = (bytes: number): string => randomBytes(bytes).toString('base64url')

export const inProduction = (): boolean => process.env['NODE_ENV'] === 'production'
