import type { Account, Accounts } from './accounts.ts'

/** Accounts to try the demo with. Their passwords are public: nothing but a demo may have such accounts. */
export const DEMO_ACCOUNTS: readonly { username: string; password: string; role: Account['role'] }[] = [
  { username: 'ann', password: 'seven-moults', role: 'customer' },
  { username: 'root', password: 'queen-of-the-hive', role: 'administrator' },
]

/** Makes those that are missing; one that is there keeps its password. */
export async function seedDemoAccounts(accounts: Accounts): Promise<void> {
  for (const { username, password, role } of DEMO_ACCOUNTS) {
    if (!accounts.has(username)) await accounts.create(username, password, role)
  }
}
