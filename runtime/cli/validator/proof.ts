/** What a proof has shown, in the terms of people. */
import { InvalidProofError, MalformedBytesError } from '../../../protocols/consensus/errors.ts'
import type { Genesis } from '../../../protocols/consensus/genesis.ts'
import type { Proven } from '../../../protocols/consensus/proof.ts'
import { DECISIONS, readDecision } from '../../../protocols/consensus/state/decisions.ts'

export interface ProofDescription {
  /** Where it is a decision. */
  readonly topic?: string
  /** Of a decision: what its JSON says. Where it is none, or another transaction, there is `bytes`. */
  readonly value?: unknown
  readonly bytes?: string
  /** The state machine that the transaction is for. */
  readonly machine: string
  readonly chain: string
  readonly chainId: string
  readonly height: number
  readonly index: number
  readonly epoch: number
  readonly time: string
  /** Names where the genesis has one, otherwise public keys. */
  readonly sender: string
  readonly signers: readonly { readonly validator: string; readonly stake: number }[]
  readonly signedStake: number
  readonly totalStake: number
}

/** Throws InvalidProofError for a decision that the log has refused. */
export function describeProof(genesis: Genesis, proven: Proven): ProofDescription {
  const { header, transaction, validators, signers, signedStake } = proven
  const nameOf = (key: string) => genesis.validators.find(({ public_key }) => public_key === key)?.id ?? key
  return {
    ...contentOf(transaction.transaction),
    machine: transaction.transaction.machine,
    chain: genesis.chain,
    chainId: header.chain,
    height: header.height,
    index: transaction.index,
    epoch: header.epoch,
    time: timeOf(header.timestampMs),
    sender: nameOf(transaction.sender),
    signers: signers.map(({ publicKey, stake }) => ({ validator: nameOf(publicKey), stake })),
    signedStake,
    totalStake: validators.totalStake,
  }
}

function contentOf({ machine, payload }: Proven['transaction']['transaction']) {
  if (machine !== DECISIONS) return { bytes: hex(payload) }
  try {
    const { topic, value } = readDecision(payload)
    return { topic, ...readValue(value) }
  } catch (error) {
    if (!(error instanceof MalformedBytesError)) throw error
    throw new InvalidProofError(`the transaction is in the block, but is no decision: ${error.message}`)
  }
}

function readValue(bytes: Uint8Array) {
  try {
    return { value: JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as unknown }
  } catch {
    return { bytes: hex(bytes) }
  }
}

/** Validators may agree on a time beyond what a date can hold. */
function timeOf(ms: number): string {
  const date = new Date(ms)
  return Number.isNaN(date.getTime()) ? `${ms} ms` : date.toISOString()
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}
