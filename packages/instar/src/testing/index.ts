export { TestClock } from './clock.ts'
export { type ConformanceCase, type StoreSubject, storeConformance } from './store-conformance.ts'
export { createTestSession, type TestSession, type TestSessionOptions } from './test-session.ts'
