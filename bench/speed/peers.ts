import { extraFolder, hasExtra, installExtra } from '../../scripts/extras.ts'

export const PEERS_EXTRA = 'speed-peers'

/** What the library is compared with, and the frameworks under all of them. */
export const PEERS = extraFolder(PEERS_EXTRA)

export const MISSING_PEERS = `not installed: npm run extras -- ${PEERS_EXTRA}`

export const hasPeers = (): boolean => hasExtra(PEERS_EXTRA)

export const installPeers = (): Promise<void> => installExtra(PEERS_EXTRA)
