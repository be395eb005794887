/** Constructor arguments and options that a child doesn't take. */
import { child, supervisor } from '../../../runtime/index.ts'
import { Account, Counter } from '../actors.ts'

export const Bank = supervisor({
  children: {
    // expect TS2322
    counter: child(Counter, ['five']),
    // expect TS2345
    account: child(Account, ['ann']),
    // expect TS2322
    other: child(Counter, [1], { restart: 'sometimes' }),
  },
})

// expect TS2322
export const Wrong = supervisor({ strategy: 'all-for-one', children: {} })
