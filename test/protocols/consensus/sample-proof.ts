/** Proof files of a decision in epoch 1 of a chain whose validators stay the same. */
import { sign } from 'node:crypto'
import { assembleCertificate } from '../../../protocols/consensus/certificate.ts'
import { hashHeader } from '../../../protocols/consensus/codec/block.ts'
import type { ProofFile } from '../../../protocols/consensus/codec/proof-file.ts'
import { voteSigningBytes } from '../../../protocols/consensus/codec/vote.ts'
import { genesisValidators, hashGenesis } from '../../../protocols/consensus/genesis.ts'
import { proveInclusion } from '../../../protocols/consensus/ledger/inclusion.ts'
import { decisionTransaction, NONCE_BYTES } from '../../../protocols/consensus/state/decisions.ts'
import type {
  BlockHeader,
  FinalityProof,
  Transaction,
  ValidatorSet,
} from '../../../protocols/consensus/types.ts'
import { createValidatorSet } from '../../../protocols/consensus/validator-set.ts'
import { blockOf, crypto, envelope, genesisOf, KEYS, ledgerOf, SENDERS } from './sample-chain.ts'

const CHAIN = hashGenesis(genesisOf(), crypto)
const FIRST = genesisValidators(genesisOf(), crypto)
const NEXT = createValidatorSet(1, FIRST.members, crypto)

export const DECISION = decisionTransaction(
  'quarantine',
  new TextEncoder().encode('{"shard":7}'),
  new Uint8Array(NONCE_BYTES),
)

/** Signed by the first three of four. */
function finality(header: BlockHeader, set: ValidatorSet): FinalityProof {
  const subject = { kind: 'finalize' as const, epoch: set.epoch, view: 3, block: hashHeader(header, crypto) }
  const votes = KEYS.slice(0, 3).map(({ secret }, signer) => ({
    ...{ ...subject, signer },
    signature: new Uint8Array(sign(null, voteSigningBytes(CHAIN, subject), secret)),
  }))
  return { headers: [header], certificate: assembleCertificate(votes, set) }
}

export function sampleProof(transaction: Transaction = DECISION): ProofFile {
  const ledger = ledgerOf()
  const last = blockOf(ledger, {}, { validators: FIRST.hash, nextValidators: NEXT.hash })
  ledger.apply(last)
  const envelopes = [envelope(SENDERS[0]!, 1, [transaction])]
  const parent = hashHeader(last.header, crypto)
  const { header } = blockOf(ledger, { envelopes }, { epoch: 1, validators: NEXT.hash, parent })
  return {
    epochs: [{ finality: finality(last.header, FIRST), validators: NEXT.members }],
    transaction: { finality: finality(header, NEXT), inclusion: proveInclusion(envelopes, 0, crypto)! },
  }
}
