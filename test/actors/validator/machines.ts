/** State machines of a user's own: a counter for each name, and one that answers with what it is sent. */

import type { crypto } from '../../../actors/validator/index.ts'
import { type Program, ProgramMachine, type StateMachine } from '../../../actors/validator/index.ts'

const counters: Program = {
  name: 'counters',
  apply(store, payload) {
    const name = Buffer.from(payload).toString()
    if (name === '') throw new Error('a counter has a name')
    const count = (store.get(name)?.[0] ?? 0) + 1
    store.set(name, Uint8Array.of(count))
    return Uint8Array.of(count)
  },
}

const echo: Program = { name: 'echo', apply: (_, payload) => payload }

export function machines(given: typeof crypto): readonly StateMachine[] {
  return [new ProgramMachine(counters, given), new ProgramMachine(echo, given)]
}
