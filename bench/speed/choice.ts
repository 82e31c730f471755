import { bareOf, isBare, SUBJECTS, type Subject } from './catalogue.ts'
import { WORKS } from './works/index.ts'
import type { Work } from './works/work.ts'

export interface Choice {
  readonly subjects: readonly Subject[]
  readonly works: readonly Work[]
  /** Nothing was left out. */
  readonly isWhole: boolean
}

/** What a word chooses: the subjects with it in their names, and the bare frameworks below them, or the works with it in theirs. */
export function chosenBy(word: string): Choice {
  if (word === '') return { subjects: SUBJECTS, works: WORKS, isWhole: true }
  const has = (text: string): boolean => text.toLowerCase().includes(word.toLowerCase())
  const works = WORKS.filter(({ name, title }) => has(name) || has(title))
  if (works.length > 0) return { subjects: SUBJECTS, works, isWhole: false }
  const named = SUBJECTS.filter(({ name }) => has(name))
  if (named.length === 0) throw new TypeError(`Neither a subject nor a work has ${JSON.stringify(word)} in its name. They are: ${names().join('; ')}.`)
  const below = new Set(named.map(bareOf))
  return { subjects: SUBJECTS.filter((subject) => named.includes(subject) || (isBare(subject) && below.has(subject.name))), works: WORKS, isWhole: false }
}

const names = (): readonly string[] => [...SUBJECTS, ...WORKS].map(({ name }) => name)
