/** What a validator can show of its chain to those who were not there. */
import { encodeProofFile } from '../../protocols/consensus/codec/proof-file.ts'
import { proveInclusion } from '../../protocols/consensus/ledger/inclusion.ts'
import type { Outcome } from '../../protocols/consensus/state/machine.ts'
import type { FinalityProof, Transaction } from '../../protocols/consensus/types.ts'
import { Refused } from '../../runtime/index.ts'
import { finalityOfRun } from '../../storage/block-store/entries.ts'
import { crypto } from './crypto.ts'
import type { ValidatorNode } from './node/node.ts'

/** A transaction that was executed, as far as that is still known here. */
export interface Shown {
  readonly height: number
  /** Among all transactions of the block. */
  readonly index: number
  readonly outcome: Outcome | undefined
  readonly finality: FinalityProof | undefined
}

/** Where a transaction with a key was executed; undefined where it was not, or that is long ago. */
export async function executionOf(node: ValidatorNode, { once }: Transaction): Promise<Shown | undefined> {
  const execution = once && node.ledger.state.executed.get(once)
  return execution && { ...execution, finality: await node.finalityOf(execution.height) }
}

/** What shows the block at a height to be final. */
export async function finalityOf(node: ValidatorNode, height: number): Promise<FinalityProof> {
  const finality = await node.finalityOf(height)
  if (finality === undefined) throw new Refused(`what shows block ${height} to be final is no longer kept`)
  return finality
}

/** The bytes that prove a transaction to who has the genesis. */
export async function prove(node: ValidatorNode, height: number, index: number): Promise<Uint8Array> {
  const run = await node.runAt(height)
  const block = run?.blocks.find(({ header }) => header.height === height)
  if (run === undefined || block === undefined) throw new Refused(`block ${height} is no longer kept`)
  const inclusion = proveInclusion(block.envelopes, index, crypto)
  if (inclusion === undefined) throw new Refused(`block ${height} has no transaction ${index}`)
  const { epoch } = block.header
  const epochs = await node.epochProofs(epoch)
  if (epochs === undefined)
    throw new Refused(
      `not all proofs of the epochs before ${epoch} are here; those that are missing are got from the others`,
    )
  return encodeProofFile({ epochs, transaction: { finality: finalityOfRun(run, height), inclusion } })
}
