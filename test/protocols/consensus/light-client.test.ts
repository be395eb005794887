import assert from 'node:assert/strict'
import { sign } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { assembleCertificate } from '../../../protocols/consensus/certificate.ts'
import { hashHeader } from '../../../protocols/consensus/codec/block.ts'
import { type ByteReader, type ByteWriter, decode, encode } from '../../../protocols/consensus/codec/bytes.ts'
import {
  readEntryProof,
  readEpochProof,
  readTransactionProof,
  writeEntryProof,
  writeEpochProof,
  writeTransactionProof,
} from '../../../protocols/consensus/codec/proof.ts'
import { voteSigningBytes } from '../../../protocols/consensus/codec/vote.ts'
import { genesisValidators, hashGenesis } from '../../../protocols/consensus/genesis.ts'
import { proveInclusion } from '../../../protocols/consensus/ledger/inclusion.ts'
import { LightClient } from '../../../protocols/consensus/light-client.ts'
import { decisionTransaction, readDecision } from '../../../protocols/consensus/state/decisions.ts'
import { registryTransaction } from '../../../protocols/consensus/state/registry.ts'
import {
  type Block,
  type BlockHeader,
  type FinalityProof,
  NO_HASH,
  type ValidatorSet,
  type VoteKind,
} from '../../../protocols/consensus/types.ts'
import { createValidatorSet } from '../../../protocols/consensus/validator-set.ts'
import {
  blockOf,
  crypto,
  envelope,
  genesisOf,
  KEYS,
  type Key,
  ledgerOf,
  newKey,
  SENDERS,
} from './sample-chain.ts'

const CHAIN = hashGenesis(genesisOf(), crypto)
const NONCE = new Uint8Array(16)
const FIRST = genesisValidators(genesisOf(), crypto)
/** Another validator has taken the place of the last one. */
const NEWCOMER = newKey()
const NEXT_KEYS = [...KEYS.slice(0, 3), NEWCOMER].sort((a, b) => (a.publicKey < b.publicKey ? -1 : 1))
const NEXT = createValidatorSet(
  1,
  NEXT_KEYS.map(({ publicKey }) => ({ publicKey, stake: 100, reputation: 500 })),
  crypto,
)

function finality(
  headers: readonly BlockHeader[],
  {
    set = FIRST,
    keys = KEYS,
    kind = 'finalize',
  }: { set?: ValidatorSet; keys?: readonly Key[]; kind?: VoteKind } = {},
): FinalityProof {
  const subject = { kind, epoch: set.epoch, view: 7, block: hashHeader(headers.at(-1)!, crypto) }
  const votes = keys.slice(0, 3).map(({ publicKey, secret }) => ({
    ...subject,
    signer: set.members.findIndex((member) => member.publicKey === publicKey),
    signature: new Uint8Array(sign(null, voteSigningBytes(CHAIN, subject), secret)),
  }))
  return { headers, certificate: assembleCertificate(votes, set) }
}

/** Two blocks of epoch 0, the second of which ends it and shows the state after the first, and one of epoch 1. */
function sampleChain() {
  const ledger = ledgerOf()
  const transactions = [
    ...Array.from({ length: 20 }, (_, i) => decisionTransaction('quarantine', Uint8Array.of(i), NONCE)),
    registryTransaction({ kind: 'acquire', key: 'shard-1', ttlMs: 0, value: Uint8Array.of(7) }),
  ]
  const first = blockOf(
    ledger,
    { envelopes: [envelope(SENDERS[0]!, 1, transactions)] },
    { validators: FIRST.hash },
  )
  ledger.apply(first)
  const state = ledger.state.prove('registry', 'shard-1')!
  const parent = hashHeader(first.header, crypto)
  const second = blockOf(ledger, {}, { validators: FIRST.hash, nextValidators: NEXT.hash, parent })
  ledger.apply(second)
  const third = blockOf(
    ledger,
    { envelopes: [envelope(SENDERS[0]!, 2)] },
    { epoch: 1, validators: NEXT.hash, parent: hashHeader(second.header, crypto) },
  )
  return { first, second, third, state }
}

const { first, second, third, state } = sampleChain()
const client = () => new LightClient(genesisOf(), crypto)
const included = (block: Block, index: number) => proveInclusion(block.envelopes, index, crypto)!
const atEpoch1 = { set: NEXT, keys: [NEWCOMER, KEYS[0]!, KEYS[1]!] }

const proofs = {
  transaction: { finality: finality([first.header, second.header]), inclusion: included(first, 17) },
  entry: { finality: finality([second.header]), state },
  epoch: { finality: finality([second.header]), validators: NEXT.members },
}

test('a decision is shown by its place in a final block, with nothing but the genesis', () => {
  const shown = client().transaction(proofs.transaction)
  assert.deepEqual(readDecision(shown.transaction.payload), {
    topic: 'quarantine',
    value: Uint8Array.of(17),
    nonce: NONCE,
  })
  assert.deepEqual([shown.sender, shown.index, shown.header.height], [SENDERS[0], 17, 1])
})

test('what the state holds is shown by the root in a final header', () => {
  const shown = client().entry(proofs.entry)
  assert.deepEqual([shown.machine, shown.key, shown.header.stateHeight], ['registry', 'shard-1', 1])
})

test('a client follows the validators into the next epoch, and judges both', () => {
  const follower = client()
  const later = finality([third.header], atEpoch1)
  assert.throws(() => follower.finalHeader(later), /validators of epoch 1 are not known/)
  follower.advance(proofs.epoch)
  assert.deepEqual([follower.epoch, follower.validators.hash], [1, NEXT.hash])
  assert.equal(follower.finalHeader(later).height, 3)
  assert.equal(follower.transaction(proofs.transaction).index, 17)
  assert.throws(() => follower.advance(proofs.epoch), /of epoch 0, not of 1/)
})

test('sets of old epochs are forgotten', () => {
  const follower = client()
  let set = FIRST
  for (let epoch = 0; epoch < 64; epoch++) {
    const next = createValidatorSet(epoch + 1, FIRST.members, crypto)
    const header = { ...second.header, epoch, validators: set.hash, nextValidators: next.hash }
    follower.advance({ finality: finality([header], { set }), validators: next.members })
    set = next
  }
  assert.equal(follower.epoch, 64)
  assert.throws(() => follower.transaction(proofs.transaction), /validators of epoch 0 are not known/)
})

test('forgeries are refused with the reason', () => {
  const refuses = (proof: FinalityProof, reason: RegExp) =>
    assert.throws(
      () => client().finalHeader(proof),
      (error: Error & { code: string }) => error.code === 'INVALID_PROOF' && reason.test(error.message),
    )
  const good = proofs.transaction.finality
  refuses({ ...good, headers: [] }, /no header/)
  refuses(finality([first.header], { kind: 'notarize' }), /not for a final block/)
  refuses({ ...good, headers: [first.header] }, /for another block/)
  refuses({ ...good, headers: [second.header, second.header] }, /not the child/)
  refuses(finality([first.header, { ...second.header, height: 3 }]), /not the child/)
  refuses(finality([{ ...first.header, chain: NO_HASH }]), /another chain/)
  refuses(finality([first.header, { ...second.header, epoch: 1 }]), /another epoch/)
  refuses(finality([{ ...first.header, validators: NEXT.hash }]), /another epoch/)
  refuses(finality([first.header], { keys: KEYS.slice(0, 2) }), /not more than two thirds/)
  const [signature, ...others] = good.certificate.signatures
  refuses(
    {
      ...good,
      certificate: { ...good.certificate, signatures: [signature!.with(5, signature![5]! ^ 1), ...others] },
    },
    /signature of .* is wrong/,
  )
  const stranger = { ...KEYS[0]!, secret: newKey().secret }
  refuses(finality([first.header], { keys: [stranger, KEYS[1]!, KEYS[2]!] }), /signature of .* is wrong/)
})

test('next validators that the last block of an epoch does not name are refused', () => {
  const refuses = (proof: Parameters<LightClient['advance']>[0], reason: RegExp) =>
    assert.throws(() => client().advance(proof), reason)
  refuses(
    { finality: finality([first.header, second.header]), validators: NEXT.members },
    /not the last of its epoch/,
  )
  refuses({ ...proofs.epoch, validators: FIRST.members }, /not the next validators/)
})

test('a transaction or entry that is not there is refused', () => {
  const other = { ...proofs.transaction, inclusion: { ...proofs.transaction.inclusion, index: 200 } }
  assert.throws(() => client().transaction(other), /does not hold the transaction/)
  assert.throws(() => client().transaction({ ...proofs.transaction, finality: finality([second.header]) }), {
    code: 'INVALID_PROOF',
  })
  assert.throws(
    () => client().entry({ ...proofs.entry, finality: finality([first.header]) }),
    /does not hold the entry/,
  )
  const odd = { ...state, entry: { path: ['none'] } }
  assert.throws(() => client().entry({ ...proofs.entry, state: odd }), { code: 'INVALID_PROOF' })
})

/** Changes one byte of a proof; what is shown then is nothing, or as true as before. */
function mutated<P>(
  proof: P,
  write: (writer: ByteWriter, proof: P) => void,
  read: (reader: ByteReader) => P,
  isTrue: (proof: P) => boolean,
): void {
  const bytes = encode(proof, write)
  assert.ok(isTrue(decode(bytes, read)))
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
      let shown: boolean
      try {
        shown = isTrue(decode(bytes.with(at, bytes[at]! ^ change), read))
      } catch (error) {
        assert.ok(
          ['INVALID_PROOF', 'MALFORMED_BYTES'].includes((error as { code: string }).code),
          String(error),
        )
        return
      }
      assert.ok(shown, `byte ${at} changed by ${change} shows something else`)
    }),
    { numRuns: 400 },
  )
}

test('no change to a proof of a transaction shows anything that is not in the block', () => {
  mutated(proofs.transaction, writeTransactionProof, readTransactionProof, (proof) => {
    const { header, index, sender, sequence, transaction: shown } = client().transaction(proof)
    // Another index is a proof of another transaction that is really there.
    assert.deepEqual(
      [header, sender, sequence, shown],
      [first.header, SENDERS[0], 1, first.envelopes[0]!.transactions[index]],
    )
    return true
  })
})

test('no change to a proof of an entry or of an epoch shows anything', () => {
  mutated(proofs.entry, writeEntryProof, readEntryProof, (proof) => {
    const { header, ...entry } = client().entry(proof)
    assert.deepEqual([header, entry], [second.header, state])
    return encode(proof, writeEntryProof).every(
      (byte, i) => byte === encode(proofs.entry, writeEntryProof)[i],
    )
  })
  mutated(proofs.epoch, writeEpochProof, readEpochProof, (proof) => {
    const follower = client()
    follower.advance(proof)
    return (
      follower.validators.hash === NEXT.hash &&
      encode(proof, writeEpochProof).every((byte, i) => byte === encode(proofs.epoch, writeEpochProof)[i])
    )
  })
})
