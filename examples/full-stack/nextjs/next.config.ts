import { join } from 'node:path'
import type { NextConfig } from 'next'

const config: NextConfig = {
  // For examples/users.ts. A project that takes nothing from outside its folder needs none of this.
  turbopack: { root: join(import.meta.dirname, '..', '..') },
}

export default config
