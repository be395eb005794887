import { HashRing } from './hash-ring.ts'
import type { Call, Strategy } from './strategy.ts'

/** Says to whom a call belongs: calls of the same key go to the same routee. */
export type KeyOf = (call: Call) => string | number

/** Calls of one key go to one routee; who it is follows from the routees' paths alone, so that all routers over them agree. */
export function consistentHash(paths: readonly string[], keyOf: KeyOf): Strategy {
  const ring = new HashRing(paths)
  return {
    choose: (call) => ring.nodeOf(String(keyOf(call))),
    began() {},
    ended() {},
  }
}
