import { type Attack, whoIsWho } from '../stage.ts'

export const attack: Attack = {
  title: 'A late cookie over a login',
  who: 'nobody in particular: a slow answer is enough',
  story: 'A request that began before the login is answered after it, with a cookie for a new anonymous session, which takes the place of the login’s.',
  decides: 'whether the victim is still logged in',
  withDropIns: {
    verdicts: ['does not stick'],
    note: 'one cookie is for both kinds of session, so a late anonymous one takes the login’s place; Instar has two',
  },
  async play(stage) {
    const { app, victim, tell } = stage
    await app.hold('/news')
    const tab = await victim.context.newPage()
    const slow = tab.goto(app.url('/news'), { timeout: 0 }) // Somebody may be watching.
    slow.catch(() => {}) // It is awaited below, if it comes to that.
    await app.arrival()
    await tell('The victim opens the news in one tab, and the bank takes its time over it.')
    await victim.logIn('ann')
    await tell('In another tab the victim logs in.')
    await app.letGo()
    await slow
    await tell('The news have arrived.')
    return whoIsWho(stage)
  },
}
