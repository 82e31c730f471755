import { SessionManager, type SessionStore } from 'instar'

// #region encrypted
export const encryptedSessions = (store: SessionStore) =>
  new SessionManager({
    store,
    encryption: { keys: (process.env['SESSION_KEYS'] ?? '').split(',') }, // the newest first
  })
// #endregion
