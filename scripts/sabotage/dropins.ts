import type { Sabotage } from './sabotage.ts'

const session = (name: string) => ({ file: 'compat/express-session.test.ts', name })

export const dropinSabotages: readonly Sabotage[] = [
  {
    title: 'drop-in: a login stays under the id that it came with',
    file: 'compat/session/saving.ts',
    find: 'state.isStored && identity.text !== state.identity.text',
    replace: 'state.isStored && identity.text === ""',
    test: session('a login in a session that was planted moves to a new id, with the cart and without the CSRF secret'),
  },
  {
    title: 'drop-in: CSRF secrets move along',
    file: 'compat/session/saving.ts',
    find: '    dropCsrfSecrets(session)\n',
    replace: '    void dropCsrfSecrets\n',
    test: session('a login in a session that was planted moves to a new id, with the cart and without the CSRF secret'),
  },
  {
    title: 'drop-in: CSRF secrets are copied along',
    file: 'compat/session/saving.ts',
    find: '  visit?.dropOldSecrets(session)\n',
    replace: '',
    test: session('a CSRF secret that the application copies over a new id stays behind all the same'),
  },
  {
    title: 'drop-in: any field of the user is who they are',
    file: 'compat/session/identity.ts',
    find: "  if (typeof value === 'object') {\n",
    replace: "  if (typeof value === 'object' && value) return JSON.stringify(value)\n  if (typeof value === 'object') {\n",
    test: session('another field of the user does not move it; a logout by deletion does'),
  },
  {
    title: 'drop-in: a login is stored after the head has gone',
    file: 'compat/session/saving.ts',
    find: 'if (!visit || visit.isHeadGone) throw',
    replace: 'if (!visit) throw',
    test: session('what is written while the answer streams is stored; a login then is refused'),
  },
  {
    title: 'drop-in: two cookies of one name, and the first is believed',
    file: 'compat/session/sent-cookie.ts',
    find: '  if (sent.length > 1) return undefined\n',
    replace: '',
    test: session('two session cookies of one name open nothing'),
  },
  {
    title: 'drop-in: what another request stored is overwritten',
    file: 'compat/session/merge.ts',
    find: 'if (now === stored) return session',
    replace: 'if (now === stored || stored !== "") return session',
    test: session('ten parallel writes to ten keys: none is lost'),
  },
  {
    title: 'drop-in: saves of one session go beside each other',
    file: 'compat/session/legacy-keeper.ts',
    find: 'const next = await this.#turns.take(state.id)',
    replace: 'const next = () => void this.#turns',
    test: session('ten parallel writes to ten keys: none is lost'),
  },
  {
    title: 'drop-in: its memory writes what has ended',
    file: 'compat/session/memory-store.ts',
    find: 'return current !== undefined',
    replace: 'else this.#store.sessions[state.id] = JSON.stringify(session)\n    return true',
    test: session('a slow request that ends after the logout brings nothing back, with resave too'),
  },
  {
    title: 'drop-in: what another process left under an ended id is a session',
    file: 'compat/session/legacy-keeper.ts',
    find: 'return data && !Object.hasOwn(data, ENDED) ? data : undefined',
    replace: 'return data ?? undefined',
    test: session('what another process has ended is seen before a save, by what it left under the old id'),
  },
  {
    title: 'drop-in: a save that comes after the end stands',
    file: 'compat/session/legacy-keeper.ts',
    find: '    await this.#bury(id) // It',
    replace: '    // It',
    test: session('a save that is under way when the session ends in this process is undone'),
  },
  {
    title: 'drop-in: a store that fails is a success',
    file: 'compat/session/visit.ts',
    find: 'if (hasEnded(error)) return false',
    replace: 'if (hasEnded(error) || error) return false',
    test: session('a store that fails to save fails the answer, and nothing of a success leaves'),
  },
  {
    title: 'drop-in: requests of a session do not wait for each other',
    file: 'compat/session/turns.ts',
    find: 'if (before) await settledWithin(before)',
    replace: 'void [before, settledWithin]',
    test: session('ten parallel increments: one after another with `serial`'),
  },
]
