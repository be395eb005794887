import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  MAX_REGISTRY_KEY_BYTES,
  Registry,
  type RegistryLimits,
  type RegistryOperation,
  readLeaseEpoch,
  registryTransaction,
} from '../../../../protocols/consensus/state/registry.ts'
import type { PublicKey } from '../../../../protocols/consensus/types.ts'
import { crypto } from '../sample-chain.ts'

const [A, B, C] = ['a', 'b', 'c'].map((digit) => digit.repeat(64)) as [PublicKey, PublicKey, PublicKey]
const NOTHING = new Uint8Array(0)

function registryOf(limits?: RegistryLimits) {
  const registry = new Registry(crypto, limits)
  let nowMs = 0
  return {
    registry,
    at(ms: number) {
      nowMs = ms
      registry.beginBlock({ height: 1, epoch: 0, timestampMs: ms })
    },
    run(sender: PublicKey, operation: RegistryOperation): number | string {
      const context = { sender, height: 1, epoch: 0, index: 0, timestampMs: nowMs }
      const outcome = registry.apply(registryTransaction(operation).payload, context)
      if (!outcome.ok) return outcome.reason
      return outcome.value.length === 0 ? 0 : readLeaseEpoch(outcome.value)
    },
  }
}

const acquire = (key: string, ttlMs = 0, value = NOTHING): RegistryOperation => ({
  kind: 'acquire',
  key,
  ttlMs,
  value,
})

test('a key has one owner, and each lease an epoch above all before', () => {
  const { registry, run } = registryOf()
  assert.equal(run(A, acquire('x', 0, Uint8Array.of(7))), 1)
  assert.equal(run(B, acquire('x')), `${A} holds the key`)
  assert.equal(run(B, acquire('y')), 2)
  assert.equal(run(A, acquire('x')), 3)
  assert.equal(run(A, { kind: 'release', key: 'x', epoch: 1 }), 'the epoch of the lease is 3')
  assert.equal(run(B, { kind: 'release', key: 'x', epoch: 3 }), `${A} holds the key`)
  assert.equal(run(A, { kind: 'release', key: 'x', epoch: 3 }), 0)
  assert.equal(registry.lease('x'), undefined)
  assert.equal(run(A, { kind: 'release', key: 'x', epoch: 3 }), 'nobody holds the key')
  assert.equal(run(B, acquire('x')), 4)
  assert.equal(registry.size, 2)
})

test('a lease ends with the first block at its time, unless it is renewed', () => {
  const { registry, at, run } = registryOf()
  at(1_000)
  run(A, acquire('x', 500))
  run(A, acquire('y', 500))
  at(1_499)
  assert.equal(run(A, { kind: 'renew', key: 'x', epoch: 1, ttlMs: 500 }), 0)
  assert.equal(registry.size, 2)
  at(1_500)
  assert.equal(registry.lease('y'), undefined)
  assert.deepEqual(registry.lease('x'), { owner: A, epoch: 1, expiresMs: 1_999, value: NOTHING })
  assert.equal(run(A, { kind: 'renew', key: 'y', epoch: 2, ttlMs: 500 }), 'nobody holds the key')
  assert.equal(run(A, { kind: 'renew', key: 'x', epoch: 1, ttlMs: 0 }), 0)
  at(1_000_000)
  assert.equal(registry.lease('x')!.owner, A)
})

test('an owner hands a lease over, which fences off its own old epoch', () => {
  const { registry, run } = registryOf()
  run(A, acquire('x', 500, Uint8Array.of(1)))
  assert.equal(run(A, { kind: 'transfer', key: 'x', epoch: 1, to: B }), 2)
  assert.deepEqual(registry.lease('x'), { owner: B, epoch: 2, expiresMs: 500, value: Uint8Array.of(1) })
  assert.equal(run(A, { kind: 'renew', key: 'x', epoch: 1, ttlMs: 500 }), `${B} holds the key`)
  assert.equal(run(B, { kind: 'renew', key: 'x', epoch: 1, ttlMs: 500 }), 'the epoch of the lease is 2')
})

test('keys are bounded in all and for each owner', () => {
  const { run } = registryOf({ keys: 3, keysPerOwner: 2 })
  run(A, acquire('1'))
  run(A, acquire('2'))
  assert.equal(run(A, acquire('3')), `${A} holds 2 keys and may hold no more`)
  assert.equal(run(A, acquire('2')), 3)
  run(B, acquire('3'))
  assert.equal(run(C, acquire('4')), 'the registry holds 3 keys and no more')
  assert.equal(
    run(B, { kind: 'transfer', key: '3', epoch: 4, to: A }),
    `${A} holds 2 keys and may hold no more`,
  )
  assert.equal(run(A, { kind: 'transfer', key: '1', epoch: 1, to: B }), 5)
})

test('what is no operation is refused and changes nothing', () => {
  const { registry, run } = registryOf()
  const before = registry.root()
  assert.match(run(A, acquire('')) as string, /the key is empty/)
  assert.match(run(A, acquire('x'.repeat(MAX_REGISTRY_KEY_BYTES + 1))) as string, /malformed/)
  assert.match(run(A, acquire('x', 400 * 24 * 3_600_000)) as string, /malformed/)
  assert.match(run(A, acquire('x', 0, new Uint8Array(1_025))) as string, /malformed/)
  assert.equal(registry.root(), before)
  assert.equal(registry.prove('x'), undefined)
  assert.ok(registry.prove(''))
})

const name = fc.constantFrom('x', 'y', 'z')
const sender = fc.constantFrom(A, B)
const ttlMs = fc.integer({ min: 0, max: 30 })
const epoch = fc.integer({ min: 1, max: 12 })
const operation: fc.Arbitrary<RegistryOperation> = fc.oneof(
  fc.record({
    kind: fc.constant('acquire' as const),
    key: name,
    ttlMs,
    value: fc.uint8Array({ maxLength: 2 }),
  }),
  fc.record({ kind: fc.constant('renew' as const), key: name, epoch, ttlMs }),
  fc.record({ kind: fc.constant('release' as const), key: name, epoch }),
  fc.record({ kind: fc.constant('transfer' as const), key: name, epoch, to: sender }),
)

test('no lease is there at its end, epochs only grow, and a saved registry goes on as the one that was saved', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ sender, operation, waitMs: fc.integer({ min: 0, max: 10 }) }), { maxLength: 60 }),
      fc.nat(60),
      (steps, savedAt) => {
        let { registry, at, run } = registryOf()
        let nowMs = 0
        let newest = 0
        for (const [i, step] of steps.entries()) {
          nowMs += step.waitMs
          at(nowMs)
          const before = newest
          const outcome = run(step.sender, step.operation)
          if (typeof outcome === 'number' && outcome > 0) newest = outcome
          assert.ok(typeof outcome === 'string' || outcome === 0 || outcome === before + 1)
          for (const key of ['x', 'y', 'z']) {
            const lease = registry.lease(key)
            assert.ok(lease === undefined || lease.expiresMs === 0 || lease.expiresMs >= nowMs)
          }
          if (i !== savedAt) continue
          const root = registry.root()
          const copy = registryOf()
          copy.registry.load([...registry.save()])
          assert.equal(copy.registry.root(), root)
          ;({ registry, at, run } = copy)
          at(nowMs)
        }
        const replayed = registryOf()
        nowMs = 0
        for (const step of steps) {
          nowMs += step.waitMs
          replayed.at(nowMs)
          replayed.run(step.sender, step.operation)
        }
        assert.equal(registry.root(), replayed.registry.root())
      },
    ),
  )
})

test('leases that are renewed for ever leave nothing behind', () => {
  const { registry, at, run } = registryOf()
  run(A, acquire('x', 1_000_000))
  for (let ms = 1; ms <= 1_000; ms++) {
    at(ms)
    assert.equal(run(A, { kind: 'renew', key: 'x', epoch: 1, ttlMs: 1_000_000 }), 0)
  }
  at(1_000_999)
  assert.ok(registry.lease('x'))
  at(1_001_000)
  assert.equal(registry.lease('x'), undefined)
})

test('a saved registry without its epoch is refused', () => {
  assert.throws(() => registryOf().registry.load([]), { code: 'MALFORMED_BYTES' })
})
