import type { Play } from './play.ts'
import type { Request, Sequence, Step } from './sequence.ts'

/** A smaller sequence that still differs: steps are left out, then operations, then options, as long as one can be. */
export async function shrunk(sequence: Sequence, play: Play): Promise<Sequence> {
  for (const smaller of smallerOnes(sequence)) {
    const { unexplained } = await play.compare(smaller)
    if (unexplained.length > 0) return shrunk(smaller, play)
  }
  return sequence
}

function* smallerOnes(sequence: Sequence): Generator<Sequence> {
  const { steps, options } = sequence
  for (let at = steps.length - 1; at >= 0; at--) yield { ...sequence, steps: steps.toSpliced(at, 1) }
  for (const [at, step] of steps.entries()) for (const smaller of smallerSteps(step)) yield { ...sequence, steps: steps.with(at, smaller) }
  for (const name of Object.keys(options)) {
    const { [name]: _, ...others } = options
    if (!['secret', 'resave', 'saveUninitialized'].includes(name)) yield { ...sequence, options: others }
  }
}

function* smallerSteps(step: Step): Generator<Step> {
  if ('together' in step) {
    for (const [at, request] of step.together.entries()) for (const smaller of smallerRequests(request)) yield { together: step.together.with(at, smaller) }
  }
  if ('request' in step) for (const smaller of smallerRequests(step.request)) yield { request: smaller }
}

function* smallerRequests(request: Request): Generator<Request> {
  const { operations } = request
  for (let at = operations.length - 1; at >= 0; at--) {
    if (!['open', 'wait'].includes((operations[at] as [string])[0])) yield { ...request, operations: operations.toSpliced(at, 1) }
  }
  if (request.answer[0] !== 'text' && request.answer[0] !== 'opening') yield { ...request, answer: ['text', 'ok'] }
}
