import { type Attack, whoIsWho } from '../stage.ts'
import { byHand } from './plant.ts'

export const attack: Attack = {
  title: 'A slow request that revives the session',
  who: 'somebody who got hold of the victim’s cookie while they were logged in',
  story:
    'A request is still under way when the victim logs out in another tab. When it ends, the server saves the session that it had loaded before, and the login is back.',
  decides: 'whom the bank takes the attacker’s copy for after the victim’s logout',
  async play(stage) {
    const { app, victim, attacker, tell } = stage
    await victim.logIn('ann')
    await byHand(attacker, await victim.cookies())
    await tell('The victim logs in, and the attacker gets a copy of the cookies.')
    await app.hold('/note')
    const tab = await victim.context.newPage()
    await tab.goto(app.url('/account'))
    await tab.locator('#note-form input[name=note]').fill('a note')
    const answered = tab.waitForEvent('framenavigated', { timeout: 0 }) // Somebody may be watching
    answered.catch(() => {}) // It is awaited below, if it comes to that.
    await tab.locator('#note-form button').click({ noWaitAfter: true })
    await app.arrival()
    await tell('The victim sends a note, and the bank takes its time over it.')
    await victim.logOut()
    await tell('In another tab the victim logs out.')
    await app.letGo()
    await answered
    await tab.waitForLoadState()
    await tell('The bank has finished with the note.')
    const { verdict } = await whoIsWho(stage)
    return { verdict: verdict === 'does not stick' ? 'safe' : verdict }
  },
}
