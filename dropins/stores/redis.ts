import { requireHere } from '../differential/subjects.ts'
import type { Ground, Where } from './open-store.ts'

const SECOND = 1000

export async function redisGround({ name, urls }: Where): Promise<Ground> {
  const { RedisStore } = requireHere('connect-redis')
  const client = requireHere('redis').createClient({ url: urls['redis'] })
  await client.connect()
  const keys = (): Promise<string[]> => client.keys(`${name}:*`)
  return {
    make: () => new RedisStore({ client, prefix: `${name}:` }),
    async empty() {
      const left = await keys()
      if (left.length > 0) await client.del(left)
    },
    async age(milliseconds) {
      const older = async (key: string): Promise<void> => {
        const left: number = await client.pTTL(key)
        // The store gives whole seconds; what is missing to one has gone by in Redis alone.
        if (left > 0) await client.pExpire(key, Math.ceil(left / SECOND) * SECOND - milliseconds)
      }
      await Promise.all((await keys()).map(older))
    },
    close: () => client.close(),
  }
}
