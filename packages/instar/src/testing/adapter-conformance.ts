import { answers } from './adapter-cases/answers.ts'
import { attacks } from './adapter-cases/attacks.ts'
import { bodies } from './adapter-cases/bodies.ts'
import { forgery } from './adapter-cases/forgery.ts'
import { logins } from './adapter-cases/logins.ts'
import { origins } from './adapter-cases/origins.ts'
import type { AdapterSubject } from './adapter-subject.ts'
import type { ConformanceCase } from './check.ts'

/** What every adapter must do, over real HTTP. Each case starts and stops a server of its own. */
export const adapterConformance: readonly ConformanceCase<AdapterSubject>[] = [...answers, ...bodies, ...logins, ...forgery, ...origins, ...attacks]
