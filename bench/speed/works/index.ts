import { CHANGES } from './changes.ts'
import { page } from './page.ts'
import { READS } from './reads.ts'
import type { Work } from './work.ts'

export const WORKS: readonly Work[] = [...READS, ...CHANGES, page]
