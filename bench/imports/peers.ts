import { extraFolder, hasExtra, installExtra } from '../../scripts/extras.ts'

const EXTRA = 'import-peers'

/** What imports are compared with, and what bundles them: too heavy for the main install. */
export const PEERS = extraFolder(EXTRA)

export const MISSING_PEERS = `not installed: npm run extras -- ${EXTRA}`

export const hasPeers = (): boolean => hasExtra(EXTRA)

export const installPeers = (): Promise<void> => installExtra(EXTRA)
