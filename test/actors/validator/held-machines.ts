/** State machines that can't be made while a file is there, so that no validator can start: `?hold=<path>`. */
import { existsSync } from 'node:fs'
import type { crypto, StateMachine } from '../../../actors/validator/index.ts'
import * as counters from './machines.ts'

const hold = new URL(import.meta.url).searchParams.get('hold')!

export function machines(given: typeof crypto): readonly StateMachine[] {
  if (existsSync(hold)) throw new Error('held by the test')
  return counters.machines(given)
}
