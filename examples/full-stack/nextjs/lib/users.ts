import * as users from '../../../users'

await users.add('ann', 'secret')
export const { verify } = users
