import type { Browser } from 'playwright-core'
import type { NamedAttack } from '../attacks/index.ts'
import type { Play } from '../matrix.ts'
import type { Screens } from '../recorder.ts'
import { VERDICTS } from '../verdict.ts'
import { SIGNS } from './signs.ts'
import { STYLE } from './style.ts'

/** One play as the picture shows it: the last that its people saw. */
export interface Shot {
  readonly title: string
  readonly play: Play
}

const escaped = (text: string): string => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`)

/** A picture of one attack's end on several stacks, one below the other, as a PNG. */
export async function pictureOf(browser: Browser, { title, story }: NamedAttack, shots: readonly Shot[], screens: Screens): Promise<Buffer> {
  const rows = shots.map(({ title, play: { cell, steps } }) => {
    const last = steps.at(-1)
    const figure = (who: string, screen = ''): string => `<figure><figcaption>${who}</figcaption><img src="${screens.get(screen) ?? ''}"></figure>`
    return `<section><h2>${escaped(title)}</h2><div class="screens">${figure('Victim', last?.victim)}${figure('Attacker', last?.attacker)}</div>
<p class="verdict v-${SIGNS[cell.verdict].key}">${escaped(`${cell.verdict}: ${VERDICTS[cell.verdict]}`)}</p></section>`
  })
  const page = await browser.newPage({ viewport: { width: 980, height: 600 }, colorScheme: 'light' })
  try {
    await page.setContent(`<!doctype html><html lang="en"><meta charset="utf-8"><style>${STYLE}h2{margin:.8rem 0 .3rem;font-size:1.15rem}</style>
<main><h1>${escaped(title)}</h1><p>${escaped(story)}</p>${rows.join('')}</main></html>`)
    return await page.screenshot({ fullPage: true })
  } finally {
    await page.close()
  }
}
