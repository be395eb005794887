import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { CausalOperation } from '../../../protocols/causality/operation.ts'
import { type Waiting, WaitingBuffer } from '../../../protocols/causality/waiting-buffer.ts'
import { operation } from './histories.ts'

type Entry = Waiting<CausalOperation>

const weight = (entries: readonly Entry[]) =>
  entries.reduce((sum, { operation }) => sum + 1 + operation.dependencies.length, 0)

/** The victim by its definition: the newest of the sender that holds most, of equals the one that sends. */
function victimOf(held: readonly Entry[], incoming: Entry, max: number): Entry | undefined {
  if (weight(held) + weight([incoming]) <= max) return undefined
  const all = [incoming, ...held]
  const of = (node: string) => all.filter(({ operation }) => operation.id.node === node)
  const nodes = [...new Set(all.map(({ operation }) => operation.id.node))]
  const most = nodes.reduce((best, node) => (weight(of(node)) > weight(of(best)) ? node : best))
  return of(most).reduce((best, one) => (one.operation.id.counter > best.operation.id.counter ? one : best))
}

/** A buffer and a plain list beside it, which have to agree. */
class Both {
  readonly max: number
  readonly buffer: WaitingBuffer<CausalOperation>
  held: Entry[] = []

  constructor(max: number) {
    this.max = max
    this.buffer = new WaitingBuffer(max)
  }

  remove(entry: Entry): void {
    this.buffer.delete(entry)
    this.held = this.held.filter((one) => one !== entry)
  }

  /** Makes room until the operation is in, or is the one that has to go. */
  offer(incoming: Entry): void {
    for (;;) {
      const victim = this.#victim(incoming)
      if (victim === incoming) return
      if (victim === undefined) break
      this.remove(victim)
    }
    this.buffer.add(incoming)
    this.held.push(incoming)
  }

  #victim(incoming: Entry): Entry | undefined {
    const victim = this.buffer.victim(incoming)
    const expected = victimOf(this.held, incoming, this.max)
    const node = victim?.operation.id.node
    // Of two others that hold the same, either may go.
    if (node === expected?.operation.id.node) assert.equal(victim, expected)
    else assert.equal(this.#share(victim!, incoming), this.#share(expected!, incoming))
    return victim
  }

  #share(of: Entry, incoming: Entry): number {
    const { node } = of.operation.id
    assert.notEqual(node, incoming.operation.id.node)
    return weight(this.held.filter(({ operation }) => operation.id.node === node))
  }
}

test('the one that has to go is that of the definition, whatever came and went before', () => {
  const steps = fc.array(
    fc.record({
      node: fc.constantFrom('a', 'b', 'c'),
      counter: fc.integer({ min: 1, max: 40 }),
      dependencies: fc.nat(2),
      leaves: fc.option(fc.nat(), { freq: 2 }),
    }),
    { maxLength: 300, minLength: 50 },
  )
  fc.assert(
    fc.property(steps, fc.integer({ min: 3, max: 30 }), (all, max) => {
      const both = new Both(max)
      for (const { node, counter, dependencies, leaves } of all) {
        const { held, buffer } = both
        if (leaves !== null && held.length > 0) both.remove(held[leaves % held.length]!)
        if (buffer.has(node, counter)) continue
        const names = Array.from({ length: dependencies }, (_, i) => `d:${i + 1}`)
        both.offer({ operation: operation(node, counter, ...names), needs: [], met: 0 })
        assert.equal(buffer.size, both.held.length)
        assert.ok(weight(both.held) <= max)
      }
    }),
    { numRuns: 300 },
  )
})
