/** What `ConsensusProtocol` asks of a validator beyond what agents do. */
import type { Parameters } from '../../protocols/consensus/genesis.ts'
import { adaptToNetwork } from '../../protocols/consensus/learning/optimizer.ts'
import { executedAlready } from '../../protocols/consensus/state/executed.ts'
import { type PerformanceReport, tuningTransaction } from '../../protocols/consensus/state/tuning.ts'
import type { Block, Transaction } from '../../protocols/consensus/types.ts'
import { Refused } from '../../runtime/index.ts'
import { couldBeNext, isFinal } from './node/judging.ts'
import type { ValidatorNode } from './node/node.ts'
import type { Receipt } from './node/receipts.ts'
import type { TransactionReceipt } from './node/submitter.ts'
import { suggestionOf } from './node/tuner.ts'
import type { Waiting } from './waiting.ts'

export interface Seat {
  /** Throws Refused where this validator can't answer. */
  readonly node: () => ValidatorNode
  readonly waiting: Waiting
  /** From 0 up to 1. */
  readonly random: () => number
}

/** Resolves when the transaction is final. */
export function submit({ node, waiting }: Seat, transaction: Transaction): Promise<TransactionReceipt> {
  const { submitter } = node().transactions
  return waiting.for((resolve, reject) =>
    submitter.submit(transaction, resolve, (reason) => reject(new Refused(reason))),
  )
}

/** Sends transactions in one envelope; gives the block that holds them once it is final. */
export async function propose({ node, waiting }: Seat, transactions: readonly Transaction[]): Promise<Block> {
  const { submitter } = node().transactions
  const { height, outcomes } = await waiting.for<Receipt>((resolve, reject) =>
    submitter.submitTogether(transactions, resolve, (reason) => reject(new Refused(reason))),
  )
  const [first] = outcomes
  const before = first === undefined || first.ok ? undefined : executedAlready(first.reason)
  const block = await node().blockAt(before?.height ?? height)
  if (block === undefined) throw new Refused(`block ${before?.height ?? height} is no longer kept`)
  return block
}

/** Whether a block is final or could come next. */
export async function judge({ node }: Seat, block: Block): Promise<boolean> {
  return (await isFinal(node(), block)) ?? couldBeNext(node(), block)
}

/** Resolves when this height is final here. */
export function reach({ node, waiting }: Seat, height: number): Promise<void> {
  return waiting.until(() => node().core.height >= height)
}

/** Resolves when the block is final. */
export async function awaitFinal(seat: Seat, block: Block): Promise<void> {
  const { height } = block.header
  await reach(seat, height)
  if ((await isFinal(seat.node(), block)) !== true)
    throw new Refused(`another block is final at height ${height}`)
}

/** Resolves when a validator, by name or key, has been punished for what there is proof of. */
export async function punish({ node, waiting }: Seat, validator: string): Promise<void> {
  const { genesis } = node()
  const key = genesis.validators.find(({ id }) => id === validator)?.public_key ?? validator
  const isJailed = () => (node().ledger.state.staking.holding(key)?.jailedUntil ?? 0) > 0
  if (isJailed()) return
  if (!node().bringToJustice(key))
    throw new Refused(
      `there is no proof against ${validator}: only votes that contradict each other are punished`,
    )
  await waiting.until(isJailed)
}

/** Reports how fast it was and suggests parameters by what the chain has learnt. */
export async function optimize(seat: Seat, report: PerformanceReport): Promise<Parameters> {
  const { ledger, genesis } = seat.node()
  const parameters = suggestionOf(ledger.state.tuning, genesis, seat.random)
  await accepted(seat, tuningTransaction({ kind: 'report', report }))
  await accepted(seat, tuningTransaction({ kind: 'suggest', parameters }))
  return parameters
}

/** Suggests parameters by what the network is like. */
export async function adapt(seat: Seat, conditions: { readonly roundTripMs: number }): Promise<Parameters> {
  const { ledger, genesis } = seat.node()
  const parameters = adaptToNetwork(conditions, ledger.state.tuning.next, genesis.bounds)
  await accepted(seat, tuningTransaction({ kind: 'suggest', parameters }))
  return parameters
}

async function accepted(seat: Seat, transaction: Transaction): Promise<void> {
  const { outcome } = await submit(seat, transaction)
  if (!outcome.ok) throw new Refused(outcome.reason)
}
