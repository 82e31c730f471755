import type { Attack } from '../stage.ts'

export const attack: Attack = {
  title: 'The back button after the logout',
  who: 'the next person at the same computer',
  story:
    'The victim logs out and leaves. The next person presses Back, and the browser shows the account from its cache, or as it was left, if it was allowed to keep it.',
  decides: 'whether the account is shown again',
  needsWholeBrowser: true,
  withDropIns: { verdicts: ['seen'], note: 'the headers of pages are the application’s; Cache-Control: no-store ends it', endedOn: 'hardened, drop-in' },
  async play({ victim, tell }) {
    await victim.logIn('ann')
    await victim.visit('/account')
    await tell('The victim logs in and looks at their account.')
    await victim.logOut()
    await tell('The victim logs out.')
    await victim.goBack()
    const shown = await victim.shown()
    await tell('The next person presses Back.')
    return { verdict: shown === 'ann' ? 'seen' : 'safe' }
  },
}
