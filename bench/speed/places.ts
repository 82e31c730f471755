import { existsSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type Engine, type EngineName, engineParts, freshPostgresDatabase, startPostgres, startRedis } from '@instar/engines'
import { ENGINE_OF, type Subject } from './catalogue.ts'
import { bind, cpuTimeOf } from './machine.ts'

const STATISTICS = 'pg_stat_statements'

/** Where a server keeps its sessions, with nobody else. */
export interface Place {
  readonly url: string
  readonly name: string
}

/** The engines of a run, and a folder for files. */
export class Places {
  readonly #engines: ReadonlyMap<EngineName, Engine>
  readonly #folder = mkdtempSync(join(tmpdir(), 'instar-speed-'))
  #count = 0

  private constructor(engines: readonly Engine[]) {
    this.#engines = new Map(engines.map((engine) => [engine.name, engine]))
  }

  /** Starts those that the subjects need and that are installed. `isCounted`: PostgreSQL counts its statements, which costs, so not where time is measured. */
  static async open(subjects: readonly Subject[], isCounted: boolean, core?: number): Promise<Places> {
    const needed = new Set(subjects.map(({ store }) => ENGINE_OF[store]))
    const engines: Engine[] = []
    for (const { name, path } of engineParts()) {
      if (path === undefined || !needed.has(name)) continue
      const settings = isCounted && hasStatistics(path) ? { shared_preload_libraries: STATISTICS } : {}
      const engine = await (name === 'Redis' ? startRedis() : startPostgres({ settings: { max_connections: '400', ...settings } }))
      bind(engine.pid, core)
      engines.push(engine)
    }
    return new Places(engines)
  }

  engine(subject: Subject): Engine | undefined {
    const name = ENGINE_OF[subject.store]
    return name && this.#engines.get(name)
  }

  get versions(): readonly string[] {
    return [...this.#engines.values()].map(({ name, version }) => `${name} ${version}`)
  }

  /** A place that nobody has used. */
  async place(subject: Subject): Promise<Place> {
    const name = `sessions_${this.#count++}`
    const engine = this.engine(subject)
    if (engine?.name === 'PostgreSQL') return { url: (await freshPostgresDatabase(engine.url)).url, name }
    return { url: engine?.url ?? (subject.store.startsWith('SQLite') ? join(this.#folder, `${name}.db`) : ''), name }
  }

  /** What a subject's engine has used so far, in microseconds; undefined where the store is in the process, or nobody can tell. */
  cpuTime(subject: Subject): number | undefined {
    const engine = this.engine(subject)
    return engine && cpuTimeOf(engine.pid)
  }

  async close(): Promise<void> {
    await Promise.all([...this.#engines.values()].map((engine) => engine.stop()))
    rmSync(this.#folder, { recursive: true })
  }
}

/** Whether the engine that a subject needs is installed, if it needs one. */
export function isAvailable({ store }: Subject): boolean {
  const name = ENGINE_OF[store]
  return name === undefined || engineParts().some((part) => part.name === name && part.path !== undefined)
}

function hasStatistics(program: string): boolean {
  const lib = join(dirname(realpathSync(program)), '..', 'lib')
  return [lib, join(lib, 'postgresql')].some((folder) => existsSync(join(folder, `${STATISTICS}.so`)))
}
