import { differences } from '../../dropins/differential/differences.ts'
import { storeDifferences } from '../../dropins/differential/store-differences.ts'
import { DIFFERENCES } from '../../packages/passport/test/differences.ts'
import { generatedFrom, table } from './markdown.ts'

/** What the drop-ins do otherwise than the originals, as their differential tests know it. */
export function compatibility(): string {
  return `${generatedFrom('the differential tests of the drop-ins')}

# Compatibility

The drop-ins are compared with the originals, request by request: answers, headers, cookies, what the store holds, what callbacks are given. Each
difference that such a run finds is in one of these tables, or fails the run.

## @instar/express-session, beside express-session 1.19

${table(
  ['what', 'why', 'what the original does'],
  differences.map(({ what, why, oldBehaviour }) => [what, why, oldBehaviour]),
)}

### On stores of others

The same requests were played on these, unmodified. On each of them the original and the drop-in differ as above, and in this:

${table(
  ['store', 'what', 'why', 'what the original does'],
  Object.entries(storeDifferences).flatMap(([store, found]) => found.map(({ what, why, oldBehaviour }) => [store, what, why, oldBehaviour])),
)}

## @instar/passport, beside Passport 0.7

${table(
  ['what', 'why', 'how to get the old behaviour'],
  Object.values(DIFFERENCES).map(({ what, why, back }) => [what, why, back]),
)}
`
}
