/** Judges a block by itself: one that is final, or one that could come next. */
import { hashHeader } from '../../../protocols/consensus/codec/block.ts'
import type { Block } from '../../../protocols/consensus/types.ts'
import { crypto, isValid } from '../crypto.ts'
import type { ValidatorNode } from './node.ts'

/** The final block at the height of this one is this one; undefined where that is not known here. */
export async function isFinal(node: ValidatorNode, block: Block): Promise<boolean | undefined> {
  const { height } = block.header
  const final = await node.blockAt(height)
  if (final === undefined) return undefined
  return hashHeader(final.header, crypto) === hashHeader(block.header, crypto) && isWhole(node, block)
}

/** Whether an honest validator could vote for it as the child of the newest final block, whoever leads. */
export function couldBeNext(node: ValidatorNode, block: Block): boolean {
  const { core, genesis, chainId, ledger } = node
  const { header } = block
  const { set } = core.epoch
  if (header.chain !== chainId || header.parent !== core.tip.hash || header.height !== core.tip.height + 1)
    return false
  if (header.epoch !== set.epoch || header.validators !== set.hash) return false
  if (header.timestampMs <= core.tip.timestampMs || set.members[header.proposer] === undefined) return false
  const limits = { maxBytes: genesis.max_block_size, maxTransactions: genesis.max_transactions_per_block }
  return (
    isWhole(node, block) &&
    ledger.validate(block, [], limits) === undefined &&
    ledger.unchecked(block).every(isValid)
  )
}

function isWhole({ ledger }: ValidatorNode, { header, envelopes, evidence }: Block): boolean {
  const roots = ledger.roots({ envelopes, evidence })
  return roots.transactions === header.transactions && roots.evidence === header.evidence
}
