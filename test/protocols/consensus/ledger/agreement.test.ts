/** Four validators agree by the real core about real ledgers, on a network that delivers everything in order. */
import assert from 'node:assert/strict'
import { sign } from 'node:crypto'
import { test } from 'node:test'
import { voteSigningBytes } from '../../../../protocols/consensus/codec/vote.ts'
import { proveInclusion } from '../../../../protocols/consensus/ledger/inclusion.ts'
import { LightClient } from '../../../../protocols/consensus/light-client.ts'
import {
  BEFORE_ALL,
  decisionTransaction,
  readDecision,
} from '../../../../protocols/consensus/state/decisions.ts'
import { type Evidence, type FinalityProof, NO_HASH } from '../../../../protocols/consensus/types.ts'
import { crypto, KEYS, SENDERS, signed } from '../sample-chain.ts'
import { CHAIN, GENESIS, type Node, networkOf } from './network.ts'

const NONCE = new Uint8Array(16)

/** What signed a block that is final, for the block at this height. */
function finalityOf(node: Node, height: number): FinalityProof {
  const run = node.committed.find(({ blocks }) => blocks.at(-1)!.header.height >= height)!
  const headers = run.blocks.map(({ header }) => header).filter((header) => header.height >= height)
  return { headers, certificate: run.certificate }
}

const blockAt = ({ committed }: Node, height: number) =>
  committed.flatMap(({ blocks }) => blocks).find(({ header }) => header.height === height)!

test('all ledgers have the same state, and a light client follows from the genesis to the newest decision', () => {
  const { nodes, runUntil } = networkOf(KEYS)
  const [first] = nodes as [Node]
  for (let sequence = 1; sequence <= 8; sequence++)
    for (const [i, node] of nodes.entries()) {
      const transactions = [decisionTransaction(`topic-${i}`, Uint8Array.of(sequence), NONCE)]
      node.ledger.submit(signed(node.key, { sequence, priority: 0, transactions }, CHAIN))
    }
  runUntil(() =>
    nodes.every(({ ledger }) => ledger.state.decisions.count === 32 && ledger.state.last.epoch >= 2),
  )
  const height = Math.min(...nodes.map(({ ledger }) => ledger.state.height))
  for (const { ledger } of nodes)
    assert.deepEqual(
      [...ledger.state.decisions.after(BEFORE_ALL)],
      [...first.ledger.state.decisions.after(BEFORE_ALL)],
    )
  const client = new LightClient(GENESIS, crypto)
  for (let at = 1; at <= height; at++) {
    const finality = finalityOf(first, at)
    const header = client.finalHeader(finality)
    if (header.nextValidators !== NO_HASH)
      client.advance({ finality, validators: first.sets[header.epoch + 1]!.members })
    for (const node of nodes) assert.deepEqual(blockAt(node, at).header, header)
  }
  assert.ok(client.epoch >= 2)
  for (const { topic, value, nonce, height: at, index, sender } of first.ledger.state.decisions.after(
    BEFORE_ALL,
  )) {
    const inclusion = proveInclusion(blockAt(first, at).envelopes, index, crypto)!
    const shown = client.transaction({ finality: finalityOf(first, at), inclusion })
    assert.deepEqual(readDecision(shown.transaction.payload), { topic, value, nonce })
    assert.equal(shown.sender, sender)
  }
})

test('a proven lie is slashed and jailed on every ledger, and the liar is out of the next set', () => {
  const { nodes, runUntil } = networkOf(KEYS)
  const liar = KEYS[3]!
  const vote = (block: string) => {
    const subject = { kind: 'notarize' as const, epoch: 0, view: 1, block: block.repeat(64) }
    const signature = new Uint8Array(sign(null, voteSigningBytes(CHAIN, subject), liar.secret))
    return { ...subject, signer: 3, signature }
  }
  const evidence: Evidence = { offender: liar.publicKey, first: vote('1'), second: vote('2') }
  nodes[0]!.ledger.accuse(evidence)
  runUntil(() => nodes.every(({ ledger }) => ledger.state.last.epoch >= 1))
  for (const { ledger, validator } of nodes) {
    const [found] = ledger.candidates().filter(({ publicKey }) => publicKey === liar.publicKey)
    assert.deepEqual(found, { publicKey: liar.publicKey, stake: 95, jailed: true })
    assert.ok(!validator.epoch.set.members.some(({ publicKey }) => publicKey === liar.publicKey))
  }
  assert.equal(nodes[0]!.validator.epoch.set.members.length, SENDERS.length - 1)
})
