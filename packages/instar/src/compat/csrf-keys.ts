/**
 * The keys of a session under which CSRF libraries keep their secret or token: csurf (`csrfSecret`), csrf-sync (`csrfToken`), lusca (`_csrfSecret`, `_csrf`), and the spellings that
 * applications use for their own. What stands there before a login was readable to whoever had that session, so none of it may work after it.
 */
export const CSRF_KEYS: ReadonlySet<string> = new Set(['csrfSecret', '_csrf', '_csrfSecret', 'csrfToken', '_csrfToken'])
