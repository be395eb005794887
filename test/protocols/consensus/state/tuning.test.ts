import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Parameters } from '../../../../protocols/consensus/genesis.ts'
import { Staking } from '../../../../protocols/consensus/state/staking.ts'
import {
  MAX_HISTORY,
  Tuning,
  type TuningOperation,
  tuningTransaction,
} from '../../../../protocols/consensus/state/tuning.ts'
import type { PublicKey } from '../../../../protocols/consensus/types.ts'
import { crypto, doubleVote, genesisOf, SENDERS } from '../sample-chain.ts'

const [A, B, C, D] = SENDERS as [PublicKey, PublicKey, PublicKey, PublicKey]

function tuningOf(changes: object = {}) {
  const genesis = genesisOf(changes)
  const staking = new Staking(
    genesis.validators.map(({ public_key, stake }) => ({ publicKey: public_key, stake })),
    crypto,
  )
  const tuning = new Tuning(genesis, staking, crypto)
  return {
    genesis,
    staking,
    tuning,
    begin: (epoch: number) => tuning.beginBlock({ height: epoch + 1, epoch, timestampMs: epoch }),
    run(sender: PublicKey, operation: TuningOperation): string {
      const outcome = tuning.apply(tuningTransaction(operation).payload, {
        sender,
        height: 1,
        epoch: 0,
        index: 0,
        timestampMs: 0,
      })
      return outcome.ok ? 'done' : outcome.reason
    },
  }
}

const suggest = (parameters: Partial<Parameters>): TuningOperation => ({
  kind: 'suggest',
  parameters: { ...genesisOf().parameters, ...parameters },
})
const report = (p50Ms: number): TuningOperation => ({
  kind: 'report',
  report: { throughput: 1_000, p50Ms, p99Ms: 2 * p50Ms, roundTripMs: 1 },
})

test('the median of suggestions is next after the epoch and in effect one later', () => {
  const { tuning, begin, run, genesis } = tuningOf()
  for (const [sender, timeout] of [
    [A, 900],
    [B, 950],
    [C, 1],
  ] as const)
    assert.equal(run(sender, suggest({ view_timeout: timeout })), 'done')
  begin(1)
  assert.equal(tuning.next.view_timeout, 900)
  assert.deepEqual(tuning.inEffect, genesis.parameters)
  begin(2)
  assert.deepEqual(tuning.inEffect, { ...genesis.parameters, view_timeout: 900 })
  assert.equal(tuning.next.view_timeout, 900)
})

test('without more than two thirds of the stake nothing changes, and the jailed do not count', () => {
  const { staking, tuning, begin, run } = tuningOf()
  run(A, suggest({ view_timeout: 900 }))
  run(B, suggest({ view_timeout: 900 }))
  begin(1)
  assert.equal(tuning.next.view_timeout, 1_000)
  for (const sender of [A, B, C]) run(sender, suggest({ view_timeout: 900 }))
  staking.punish(doubleVote(A), 1)
  begin(2)
  assert.equal(tuning.next.view_timeout, 1_000)
  assert.deepEqual(tuning.history(), [])
})

test('a step is a fifth at most and stays within the bounds of the genesis', () => {
  const { tuning, begin, run } = tuningOf({ bounds: { view_timeout: [900, 1_100] } })
  for (const sender of SENDERS)
    run(sender, suggest({ view_timeout: 1, batch_cap: 1, batch_wait: 100, pipeline_depth: 64 }))
  begin(1)
  assert.deepEqual(tuning.next, { view_timeout: 900, batch_cap: 800, batch_wait: 1, pipeline_depth: 5 })
})

test('whatever is suggested, parameters stay in bounds and move a fifth at most', () => {
  const value = fc.integer({ min: 0, max: 20_000 })
  const parameters = fc.record({
    batch_cap: value,
    batch_wait: value,
    view_timeout: value,
    pipeline_depth: value,
  })
  fc.assert(
    fc.property(
      fc.array(fc.array(parameters, { minLength: 4, maxLength: 4 }), { maxLength: 20 }),
      (epochs) => {
        const { genesis, tuning, begin, run } = tuningOf()
        for (const [i, suggestions] of epochs.entries()) {
          const before = tuning.next
          for (const [at, sender] of SENDERS.entries())
            run(sender, { kind: 'suggest', parameters: suggestions[at]! })
          begin(i + 1)
          for (const name of Object.keys(before) as (keyof Parameters)[]) {
            const [min, max] = genesis.bounds[name]
            assert.ok(tuning.next[name] >= min && tuning.next[name] <= max)
            assert.ok(Math.abs(tuning.next[name] - before[name]) <= Math.max(1, before[name] / 5))
          }
        }
      },
    ),
    { numRuns: 50 },
  )
})

test('medians of reports are kept with what was in effect, for a bounded number of epochs', () => {
  const { genesis, tuning, begin, run } = tuningOf()
  for (let epoch = 0; epoch < MAX_HISTORY + 3; epoch++) {
    for (const [sender, p50] of [
      [A, 10],
      [B, 20],
      [C, 9_000_000],
    ] as const)
      run(sender, report(p50 + epoch))
    begin(epoch + 1)
  }
  const history = tuning.history()
  assert.deepEqual(
    [history.length, history[0]!.epoch, history.at(-1)!.epoch],
    [MAX_HISTORY, 3, MAX_HISTORY + 2],
  )
  assert.deepEqual(history[0], {
    epoch: 3,
    parameters: genesis.parameters,
    report: { throughput: 1_000, p50Ms: 23, p99Ms: 46, roundTripMs: 1 },
  })
})

test('who has no stake, where tuning is off, and nonsense are refused', () => {
  assert.match(tuningOf().run('f'.repeat(64), report(1)), /has no stake/)
  assert.match(tuningOf({ ml_optimization: false }).run(A, report(1)), /does not allow tuning/)
  const { tuning } = tuningOf()
  assert.ok(
    !tuning.apply(Uint8Array.of(0, 1), { sender: A, height: 1, epoch: 0, index: 0, timestampMs: 0 }).ok,
  )
  assert.throws(() => tuning.load([]), { code: 'MALFORMED_BYTES' })
})

test('a saved tuning goes on as the one that was saved', () => {
  const chain = tuningOf()
  for (const sender of SENDERS) chain.run(sender, report(5))
  chain.begin(1)
  chain.run(A, suggest({ batch_cap: 900 }))
  chain.run(B, report(7))
  const copy = tuningOf()
  copy.tuning.load([...chain.tuning.save()])
  for (const { run, begin } of [chain, copy]) {
    for (const sender of [B, C, D]) run(sender, suggest({ batch_cap: 900 }))
    begin(2)
  }
  assert.equal(copy.tuning.root(), chain.tuning.root())
  assert.deepEqual([copy.tuning.next.batch_cap, copy.tuning.history()], [900, chain.tuning.history()])
})
