// #region conformance
import { test } from 'node:test'
import { storeConformance, TestClock } from 'instar/testing'
import { mapStore } from './own-store.ts'

for (const { title, check } of storeConformance) {
  test(title, async () => {
    const clock = new TestClock()
    await check({ store: mapStore(clock.now), clock })
  })
}
// #endregion
