/** Transactions: those of a client's own, and those that a validator sends, each executed once. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { signatureOf } from '../../../actors/validator/crypto.ts'
import {
  ConsensusProtocol,
  chain,
  crypto,
  type Transaction,
  validators,
} from '../../../actors/validator/index.ts'
import { envelopeSigningBytes } from '../../../protocols/consensus/codec/envelope.ts'
import { accountTransaction } from '../../../protocols/consensus/state/accounts.ts'
import { MAX_ONCE_MS, MAX_REMEMBERED_BYTES } from '../../../protocols/consensus/state/executed.ts'
import type { Envelope } from '../../../protocols/consensus/types.ts'
import type { ActorSystem } from '../../../runtime/index.ts'
import { startSystem } from '../../support/systems.ts'
import { errorOf } from '../../support/until.ts'
import { keysOf } from './node/network.ts'

const MACHINES = new URL('./machines.ts', import.meta.url)
let keys = 0

describe('a chain', () => {
  let system: ActorSystem
  before(async () => {
    system = await startSystem({ services: [validators({ storage: 'volatile', machines: MACHINES })] })
  })
  after(() => system.shutdown())

  // Plain bytes, as they are when they have been read from a frame: a block comes back either way.
  const encoder = new TextEncoder()
  const counted = (name: string): Transaction => ({ machine: 'counters', payload: encoder.encode(name) })
  const once = (aheadMs = 60_000) => ({
    id: new Uint8Array(16).fill(++keys),
    untilMs: Math.ceil(system.wall() + aheadMs),
  })
  const submit = (transaction: Transaction) => chain(system).submit(transaction)

  test('a client sends under its own key once it has an account', async () => {
    const client = keysOf(9).at(-1)!
    const sender = client.publicKey
    const { chainId } = await chain(system).status()
    assert.equal(await chain(system).sequence(sender), undefined)
    const open = accountTransaction({ kind: 'open', key: sender, quota: 0 })
    assert.equal((await submit(open)).outcome.ok, true)
    assert.deepEqual((await submit(open)).outcome, { ok: false, reason: `${sender} has an account` })
    const used = (await chain(system).sequence(sender))!
    const envelopeWith = (sequence: number, name: string): Envelope => {
      const content = { sender, sequence, priority: 0, transactions: [counted(name)] }
      return { ...content, signature: signatureOf(envelopeSigningBytes(chainId, content, crypto), client) }
    }
    const { outcomes } = await chain(system).submitEnvelope(envelopeWith(used + 1, 'client'))
    assert.deepEqual(outcomes, [{ ok: true, value: Uint8Array.of(1) }])
    assert.equal(await chain(system).sequence(sender), used + 1)
    for (const [envelope, reason] of [
      [envelopeWith(used + 1, 'again'), /refused: sequence-used/],
      [{ ...envelopeWith(used + 2, 'x'), signature: new Uint8Array(64) }, /refused: invalid-signature/],
      [{ ...envelopeWith(used + 2, 'x'), priority: 9 }, /the envelope is refused: the bytes are malformed/],
    ] as const)
      assert.match((await errorOf(chain(system).submitEnvelope(envelope))).message, reason)
  })

  test('a transaction with a key of the caller’s own is one, however often it is sent', async () => {
    const transaction = { ...counted('own key'), once: once() }
    const first = await submit(transaction)
    assert.deepEqual(first.outcome, { ok: true, value: Uint8Array.of(1) })
    const copies = await Promise.all(Array.from({ length: 8 }, () => submit(transaction)))
    for (const { height, index, outcome, finality } of copies) {
      assert.deepEqual(
        { height, index, outcome },
        { height: first.height, index: first.index, outcome: first.outcome },
      )
      assert.equal(finality.headers[0]!.height, height)
    }
    const together = { ...counted('together'), once: once() }
    const places = await Promise.all(Array.from({ length: 8 }, () => submit(together)))
    assert.equal(new Set(places.map(({ height, index }) => `${height}/${index}`)).size, 1)
    assert.deepEqual((await submit(counted('together'))).outcome, { ok: true, value: Uint8Array.of(2) })
    const refused = { ...counted(''), once: once() }
    for (let i = 0; i < 2; i++)
      assert.deepEqual((await submit(refused)).outcome, { ok: false, reason: 'a counter has a name' })
  })

  test('an answer that was too large to be remembered is given once', async () => {
    const payload = new Uint8Array(MAX_REMEMBERED_BYTES + 1).fill(7)
    const transaction = { machine: 'echo', payload, once: once() }
    assert.deepEqual((await submit(transaction)).outcome, { ok: true, value: payload })
    const gone = await errorOf(submit(transaction))
    assert.equal(gone.code, 'ANSWER_GONE')
    assert.match(gone.message, /was executed, as number \d+ of block \d+/)
  })

  test('when the time of its key is over, or begins too far ahead, it is not executed', async () => {
    for (const [key, reason] of [
      [once(-60_000), /the time of its key is over/],
      [once(2 * MAX_ONCE_MS), /its key ends more than 3600000 ms from now/],
    ] as const) {
      const late = await errorOf(submit({ ...counted('late'), once: key }))
      assert.equal(late.code, 'NOT_FINAL')
      assert.match(late.message, reason)
    }
    assert.deepEqual((await submit(counted('late'))).outcome, { ok: true, value: Uint8Array.of(1) })
  })

  test('transactions that were proposed together before are in the block that they are in', async () => {
    const protocol = new ConsensusProtocol(system)
    const transactions = ['p', 'q'].map((name) => ({ ...counted(name), once: once() }))
    const block = await protocol.proposeBlock(transactions)
    assert.deepEqual(await protocol.proposeBlock(transactions), block)
    assert.equal(await protocol.validateBlock(block), true)
    await protocol.commitBlock(block)
    assert.deepEqual((await submit(counted('p'))).outcome, { ok: true, value: Uint8Array.of(2) })
    // One that is to come is judged by what it could be.
    const next = { ...block.header, height: block.header.height + 1_000 }
    assert.equal(await protocol.validateBlock({ ...block, header: next }), false)
    const huge = [{ machine: 'echo', payload: new Uint8Array(250_000) }]
    const many = Array.from({ length: 5 }, () => huge[0]!)
    assert.match((await errorOf(protocol.proposeBlock(many))).message, /can't be in a block: too-large/)
  })
})
