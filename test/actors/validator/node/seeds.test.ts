/**
 * Real ledgers, signatures and proofs under what a seed does to the network and the machines: frames are lost and
 * late, validators crash and go on with what was durable, and one may lose all of its blocks.
 * In the end every state is the same, and a light client follows the chain from the genesis.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { crypto, isValid } from '../../../../actors/validator/crypto.ts'
import type { TransactionReceipt } from '../../../../actors/validator/node/submitter.ts'
import { hashHeader } from '../../../../protocols/consensus/codec/block.ts'
import { LightClient } from '../../../../protocols/consensus/light-client.ts'
import type { CertifiedBlocks } from '../../../../protocols/consensus/messages.ts'
import { BEFORE_ALL, decisionTransaction } from '../../../../protocols/consensus/state/decisions.ts'
import { executedAlready } from '../../../../protocols/consensus/state/executed.ts'
import type { OnceKey } from '../../../../protocols/consensus/types.ts'
import { VolatileBlocks } from '../../../../storage/block-store/volatile.ts'
import { Random } from '../../../protocols/consensus/simulator/random.ts'
import { type Member, Network, type NetworkOptions } from './network.ts'

const SEEDS = 150
/** Of virtual time. */
const CHAOS_MS = 4_000
const FURTHER_BLOCKS = 3
const WITHIN_MS = 200_000

class Run {
  readonly #random: Random
  readonly #network: Network
  /** By its height, the header of the block that was final there first. */
  readonly #final = new Map<number, string>()
  readonly #roots = new Map<number, string>()
  /** Of which somebody was told that they were executed. */
  readonly #executed = new Set<string>()
  asked = 0

  private constructor(seed: number, network: Network) {
    this.#random = new Random(seed ^ 0x5eed)
    this.#network = network
  }

  static async of(seed: number): Promise<Run> {
    const random = new Random(seed)
    const options: NetworkOptions = {
      ...{ seed, loss: random.next() * 0.15, delayMs: random.whole(3, 60), persistMs: random.whole(1, 10) },
      genesis: { epoch_length: random.whole(10, 16) },
    }
    return new Run(seed, await Network.of(options))
  }

  /** Gives what tells one run from another. */
  async toTheEnd(): Promise<string> {
    const { agenda, members } = this.#network
    const calmAtMs = agenda.nowMs + CHAOS_MS
    while (agenda.nowMs < calmAtMs) await this.#strike(this.#random.pick(members))
    for (const member of members) if (!member.isUp) await member.restart()
    Object.assign(this.#network.options, { loss: 0 })
    const goal = Math.max(...members.map(({ node }) => node.core.height)) + FURTHER_BLOCKS
    await this.#until('all go on', () => members.every((one) => one.isUp && one.node.core.height >= goal))
    await this.#until('all are equal', () => new Set(members.map(({ node }) => node.core.height)).size === 1)
    await this.#check()
    const [{ node }] = members as [Member]
    return `${node.core.height} ${node.ledger.root()}`
  }

  async #strike(member: Member): Promise<void> {
    this.#submit(this.#random.pick(this.#network.members))
    await this.#pass(this.#random.whole(20, 400))
    if (!this.#random.chance(0.4)) return
    member.crash()
    // What more than one has lost could be lost for good.
    if (member.index === 0 && this.#random.chance(0.4)) member.archive = new VolatileBlocks()
    await this.#pass(this.#random.whole(10, 900))
    if (!member.isUp) await member.restart()
  }

  /** Each by one validator or by two, as when the first does not answer: by its key it is executed once. */
  #submit(member: Member): void {
    for (let count = this.#random.whole(1, 4); count > 0; count--) {
      const id = idOf(++this.asked)
      const once = { id, untilMs: this.#network.agenda.nowMs + this.#random.whole(1_000, 20_000) }
      this.#submitTo(member, id, once)
      if (this.#random.chance(0.5)) this.#submitTo(this.#random.pick(this.#network.members), id, once)
    }
  }

  #submitTo({ isUp, node }: Member, value: Uint8Array, once: OnceKey): void {
    if (!isUp) return
    // By its nonce it would be another decision each time.
    const nonce = idOf(this.#random.whole(0, 1_000_000_000))
    const told = ({ outcome }: TransactionReceipt) => {
      if (outcome.ok || executedAlready(outcome.reason) !== undefined) this.#executed.add(nameOf(value))
    }
    const transaction = { ...decisionTransaction('t', value, nonce), once }
    node.transactions.submitter.submit(transaction, told, () => {})
  }

  #pass(ms: number): Promise<void> {
    const { agenda } = this.#network
    const atMs = agenda.nowMs + ms
    agenda.plan(atMs, () => {})
    return this.#until('time has passed', () => agenda.nowMs >= atMs)
  }

  #until(what: string, isSo: () => boolean): Promise<void> {
    return this.#network.runUntil(what, isSo, WITHIN_MS)
  }

  async #check(): Promise<void> {
    const { members, genesis } = this.#network
    const [first] = members as [Member]
    const logOf = ({ node }: Member) => [...node.ledger.state.decisions.after(BEFORE_ALL)]
    for (const member of members) {
      assert.equal(member.node.ledger.root(), first.node.ledger.root(), 'S11: the states differ')
      assert.deepEqual(logOf(member), logOf(first))
      assert.deepEqual(member.node.findings.accusations, [])
      for await (const run of (await member.archive.load()).runs) this.#sameChain(run)
    }
    const values = logOf(first).map(({ value }) => nameOf(value))
    assert.equal(new Set(values).size, values.length, 'a transaction was executed twice')
    for (const value of this.#executed) assert.ok(values.includes(value), 'one that was executed is lost')
    const client = new LightClient(genesis, { ...crypto, verify: isValid })
    const witness = await fullest(members)
    for (const proof of await witness.archive.epochProofs(0)) client.advance(proof)
    const finality = (await witness.node.finalityOf(witness.node.core.height))!
    assert.equal(client.finalHeader(finality).height, witness.node.core.height)
  }

  #sameChain({ blocks }: CertifiedBlocks): void {
    for (const { header } of blocks) {
      const hash = hashHeader(header, crypto)
      assert.equal(this.#final.get(header.height) ?? hash, hash, `S1: two blocks at ${header.height}`)
      this.#final.set(header.height, hash)
      const root = this.#roots.get(header.stateHeight) ?? header.stateRoot
      assert.equal(root, header.stateRoot, `S11: two states at ${header.stateHeight}`)
      this.#roots.set(header.stateHeight, root)
    }
  }
}

function idOf(n: number): Uint8Array {
  const id = new Uint8Array(16)
  new DataView(id.buffer).setUint32(0, n)
  return id
}

function nameOf(value: Uint8Array): string {
  return Buffer.from(value).toString('hex')
}

/** Who has the proofs of all epochs; one that was given a snapshot has those too. */
async function fullest(members: readonly Member[]): Promise<Member> {
  for (const member of members) {
    const proofs = await member.archive.epochProofs(0)
    if (proofs.length === member.node.core.epoch.set.epoch) return member
  }
  assert.fail('nobody has the proofs of all epochs')
}

test(`${SEEDS} seeds: whatever befalls validators with real ledgers, their states are the same`, async () => {
  let heights = 0
  for (let seed = 1; seed <= SEEDS; seed++) {
    try {
      heights += Number((await (await Run.of(seed)).toTheEnd()).split(' ')[0])
    } catch (cause) {
      throw new Error(`seed ${seed} fails`, { cause })
    }
  }
  assert.ok(heights > 10 * SEEDS, `only ${heights} blocks`)
})

test('the same seed is the same run, and another one is another', async () => {
  const run = async (seed: number) => (await Run.of(seed)).toTheEnd()
  assert.equal(await run(7), await run(7))
  assert.notEqual(await run(7), await run(8))
})
