import type { Sequence } from '../sequence.ts'
import { ofAnswers } from './answers.ts'
import { ofFailures } from './failures.ts'
import { ofIdentities } from './identity.ts'
import { onSessions } from './operations.ts'
import { options } from './options.ts'
import { inParallel } from './parallel.ts'
import { ofRequests } from './requests.ts'

/** All sequences that are written down, by what they are about. */
export const scripted: { readonly [theme: string]: readonly Sequence[] } = {
  options,
  operations: onSessions,
  answers: ofAnswers,
  requests: ofRequests,
  failures: ofFailures,
  parallel: inParallel,
  identities: ofIdentities,
}
