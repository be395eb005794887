import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { writeBlock, writeHeader } from '../../../../protocols/consensus/codec/block.ts'
import { encode } from '../../../../protocols/consensus/codec/bytes.ts'
import { writeEnvelope } from '../../../../protocols/consensus/codec/envelope.ts'
import { writeEvidence } from '../../../../protocols/consensus/codec/vote.ts'
import {
  blockBytes,
  envelopeBytes,
  MAX_EVIDENCE_BYTES,
  MAX_HEADER_BYTES,
} from '../../../../protocols/consensus/ledger/size.ts'
import { type BlockHeader, ONCE_ID_BYTES } from '../../../../protocols/consensus/types.ts'
import { blockOf, doubleVote, envelope, ledgerOf, SENDERS, transaction } from '../sample-chain.ts'

const transactions = fc.array(
  fc
    .tuple(
      fc.string({ unit: 'grapheme', maxLength: 9 }),
      fc.uint8Array({ maxLength: 300 }),
      fc.option(fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER })),
    )
    .map(([name, payload, untilMs]) => ({
      ...transaction(name, payload),
      ...(untilMs === null ? {} : { once: { id: new Uint8Array(ONCE_ID_BYTES), untilMs } }),
    })),
  { maxLength: 5 },
)
const envelopes = fc
  .tuple(fc.maxSafeNat(), transactions, fc.integer({ min: 0, max: 7 }))
  .map(([sequence, list, priority]) => envelope(SENDERS[0]!, sequence, list, priority))

test('the size of an envelope is that of its bytes', () => {
  fc.assert(
    fc.property(envelopes, (one) => {
      assert.equal(envelopeBytes(one), encode(one, writeEnvelope).length)
    }),
  )
  const odd = envelope(SENDERS[0]!, 1, [transaction('é€😀'), transaction('')])
  assert.equal(envelopeBytes(odd), encode(odd, writeEnvelope).length)
})

test('a block is never larger than its size, and smaller by little', () => {
  const ledger = ledgerOf()
  fc.assert(
    fc.property(fc.array(envelopes, { maxLength: 4 }), fc.boolean(), (list, guilty) => {
      const block = blockOf(ledger, { envelopes: list, evidence: guilty ? [doubleVote(SENDERS[1]!)] : [] })
      const bytes = encode(block, writeBlock).length
      assert.ok(bytes <= blockBytes(block) && blockBytes(block) < bytes + 512)
    }),
  )
})

test('the largest header and the largest evidence are within their bounds', () => {
  const most = Number.MAX_SAFE_INTEGER
  const { header } = blockOf(ledgerOf(), {})
  const largest: BlockHeader = {
    ...header,
    epoch: most,
    height: most,
    timestampMs: most,
    stateHeight: most,
    proposer: 255,
    signers: new Uint8Array(32),
  }
  assert.ok(encode(largest, writeHeader).length <= MAX_HEADER_BYTES)
  const { offender, first } = doubleVote(SENDERS[0]!)
  const vote = { ...first, epoch: most, view: most, signer: 255 }
  assert.ok(encode({ offender, first: vote, second: vote }, writeEvidence).length <= MAX_EVIDENCE_BYTES)
})
