import { type Attack, whoIsWho } from '../stage.ts'

export const attack: Attack = {
  title: 'A foreign callback',
  who: 'anybody who can send the victim a link',
  story:
    'The attacker begins a login with an account of theirs at a provider, and stops on the way back, where the address has a code in it. The victim opens that address, and the bank finishes the attacker’s login in the victim’s browser.',
  decides: 'whose account the victim is shown',
  withDropIns: {
    verdicts: ['in the attacker’s account'],
    stacks: ['tutorial, drop-in', 'passport-05, drop-in'],
    note: 'the application does not bind a login to who began it; state: true of passport-oauth2 ends it',
    endedOn: 'passport-07, drop-in',
  },
  mayHaveNothing: true,
  async play(stage) {
    const { app, victim, attacker, tell } = stage
    const isOffered = (await attacker.page.goto(app.url('/login/provider')))?.status() === 200
    if (!isOffered) return { verdict: 'not possible', note: 'it has no login by a provider' }
    const back = app.url('/login/callback?*')
    await attacker.page.route(back, (route) =>
      route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>Stop</title><p>The attacker goes no further.' }),
    )
    await attacker.page.getByRole('link', { name: 'I am eve' }).click()
    await attacker.page.waitForURL(back)
    const callback = attacker.page.url()
    await tell('The attacker logs in at the provider, and keeps the address by which they would come back to the bank.')
    await victim.visit(callback)
    await tell('The victim opens that address.')
    const outcome = await whoIsWho(stage)
    return outcome.verdict === 'does not stick' ? { verdict: 'safe' } : outcome // Nobody wanted to log in.
  },
}
