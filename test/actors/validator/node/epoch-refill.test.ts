/** Proofs of epochs that are missing are got from whoever has them, and from nobody what does not follow. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { BlockKeeping } from '../../../../actors/validator/node/block-keeping.ts'
import { EpochRefill } from '../../../../actors/validator/node/epoch-refill.ts'
import { decodeSync, encodeSync, type SyncMessage } from '../../../../protocols/consensus/codec/sync.ts'
import { answerSync } from '../../../../protocols/consensus/sync/serving.ts'
import type { PublicKey } from '../../../../protocols/consensus/types.ts'
import { VolatileBlocks } from '../../../../storage/block-store/volatile.ts'
import { GENESIS, type Node } from '../../../protocols/consensus/ledger/network.ts'
import { SENDERS } from '../../../protocols/consensus/sample-chain.ts'
import { archiveOf, chainUpTo } from '../../../protocols/consensus/sync/peers.ts'

const EPOCHS = 5
const [node] = chainUpTo(EPOCHS).nodes as [Node]
const whole = await archiveOf(node)
const proofs = await whole.epochProofs(0)
const [self] = SENDERS as [PublicKey]

type Peer = (question: SyncMessage) => Promise<SyncMessage | undefined>
const honest: Peer = (question) => answerSync(question, whole, GENESIS)
const silent: Peer = async () => undefined
/** Says of each epoch what is true of the next one. */
const wrong: Peer = async (question) =>
  question.kind === 'get-proofs' ? { kind: 'proofs', proofs: [proofs[question.epoch + 1]!] } : undefined

class World {
  nowMs = 0
  readonly archive = new VolatileBlocks()
  readonly asked: PublicKey[] = []
  readonly invalid: string[] = []
  readonly failures: unknown[] = []
  readonly refill: EpochRefill
  readonly #answers: (() => Promise<void>)[] = []

  constructor(peerOf: (key: PublicKey) => Peer) {
    const failed = (error: unknown) => void this.failures.push(error)
    const keeping = new BlockKeeping(this.archive, { pause: async () => {}, stored: () => {}, failed })
    this.refill = new EpochRefill({
      ...{ genesis: GENESIS, self, archive: this.archive, keeping, failed },
      now: () => this.nowMs,
      validators: () => node.sets[EPOCHS]!,
      sync: (to, message) => {
        this.asked.push(to)
        this.#answers.push(async () => {
          const answer = await peerOf(to)(decodeSync(encodeSync(message)))
          if (answer?.kind === 'proofs') this.refill.message(to, answer)
        })
      },
      invalid: (peer, what) => void this.invalid.push(`${peer} ${what}`),
      inTurn: (run) => run(),
    })
  }

  async keep(...epochs: number[]): Promise<void> {
    for (const epoch of epochs) await this.archive.putEpochProof(epoch, proofs[epoch]!)
  }

  /** Time passes only when nothing else is to be done. */
  async run(untilMs: number): Promise<void> {
    while (this.nowMs <= untilMs && this.failures.length === 0) {
      await setImmediate()
      const answer = this.#answers.shift()
      if (answer !== undefined) await answer()
      else if (this.refill.dueMs <= untilMs) {
        this.nowMs = Math.max(this.nowMs, this.refill.dueMs)
        this.refill.tick()
      } else return
    }
  }
}

const complete = (archive: VolatileBlocks) =>
  archive.missingEpochProof(EPOCHS).then((epoch) => epoch === undefined)

test('what is missing is got from one peer, at the beginning, in the middle and at the end', async () => {
  assert.equal(proofs.length, EPOCHS)
  for (const kept of [[], [3, 4], [0, 4], [0, 1, 2], [1, 3]]) {
    const world = new World(() => honest)
    await world.keep(...kept)
    world.refill.look()
    await world.run(0)
    assert.ok(await complete(world.archive))
    assert.deepEqual(await world.archive.epochProofs(0), proofs)
    assert.equal(world.asked.length, 1)
    assert.deepEqual([world.invalid, world.failures], [[], []])
    assert.equal(world.refill.dueMs, Number.POSITIVE_INFINITY)
  }
})

test('where nothing is missing nobody is asked', async () => {
  const world = new World(() => honest)
  await world.keep(0, 1, 2, 3, 4)
  world.refill.look()
  await world.run(100_000)
  assert.equal(world.asked.length, 0)
})

test('who says nothing, or what does not follow, is passed over', async () => {
  const others = SENDERS.filter((key) => key !== self)
  for (const good of others) {
    const liar = others.find((key) => key !== good)!
    const world = new World((key) => (key === good ? honest : key === liar ? wrong : silent))
    await world.keep(0)
    world.refill.look()
    await world.run(20_000)
    assert.deepEqual(await world.archive.epochProofs(0), proofs)
    assert.ok(world.invalid.every((one) => one.startsWith(`${liar} proofs of epochs: `)))
    assert.equal(world.invalid.length, world.asked.filter((key) => key === liar).length)
  }
})

test('where nobody has them all are asked once, and again after a rest', async () => {
  let peer = silent
  const world = new World(() => peer)
  world.refill.look()
  await world.run(30_000)
  assert.equal(new Set(world.asked).size, 3)
  assert.equal(world.asked.length, 3)
  peer = honest
  await world.run(100_000)
  assert.ok(await complete(world.archive))
})

test('what was not asked for is not taken', async () => {
  const world = new World(() => silent)
  world.refill.look()
  await world.run(0)
  const [asked] = world.asked as [PublicKey]
  const other = SENDERS.find((key) => key !== self && key !== asked)!
  world.refill.message(other, { kind: 'proofs', proofs })
  await world.run(0)
  assert.deepEqual(await world.archive.epochProofs(0), [])
  world.refill.message(asked, { kind: 'proofs', proofs })
  await world.run(0)
  assert.ok(await complete(world.archive))
  world.refill.message(asked, { kind: 'proofs', proofs })
  assert.deepEqual(world.invalid, [])
})
