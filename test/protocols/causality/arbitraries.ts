import fc from 'fast-check'
import { VectorClock } from '../../../protocols/causality/vector-clock.ts'

const FEW_NODES = ['a', 'b', 'c', 'd']

/** Clocks over a few nodes with small counts, so that every way in which two can compare is frequent. */
export const smallClocks = fc
  .array(fc.tuple(fc.constantFrom(...FEW_NODES), fc.nat(3)), { maxLength: 6 })
  .map((entries) => new VectorClock(entries))

const nodeIds = fc.oneof(
  fc.string({ minLength: 1, maxLength: 40, unit: 'binary' }).filter((id) => id.isWellFormed()),
  fc.nat(2_000).map((n) => `node-${n}`),
  fc.constantFrom('__proto__', '\uFEFFmarked', 'é', '日本', '😀'.repeat(127), 'x'.repeat(255)),
)

/** Clocks with any ids and counts. */
export const anyClocks = fc
  .array(fc.tuple(nodeIds, fc.oneof(fc.nat(300), fc.maxSafeNat())), { maxLength: 60 })
  .map((entries) => new VectorClock(entries))
