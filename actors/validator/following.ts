/** The decisions of a validator's chain, as those who follow a topic get them. */
import type { LoggedDecision, Place } from '../../protocols/consensus/state/decisions.ts'
import type { FinalityProof } from '../../protocols/consensus/types.ts'
import { Refused } from '../../runtime/index.ts'
import type { Seat } from './operations.ts'

/** Decisions that a follower gets at a time. */
const FOLLOWED = 256

/** Decisions of one block under a topic, with what shows the block to be final, as far as that is still kept. */
export interface DecidedBlock {
  readonly decisions: readonly LoggedDecision[]
  readonly finality: FinalityProof | undefined
}

/** Those that are kept come first. */
export async function* follow(seat: Seat, topic: string, after: Place): AsyncGenerator<DecidedBlock> {
  let place = after
  for (;;) {
    const { change } = seat.waiting
    const node = seat.node()
    const { decisions } = node.ledger.state
    if (place.height > 0 && place.height < decisions.prunedHeight)
      throw new Refused(`decisions up to height ${decisions.prunedHeight} are no longer kept`)
    const news = [...decisions.after(place).take(FOLLOWED)]
    for (const block of byBlock(news.filter((decision) => decision.topic === topic)))
      yield { decisions: block, finality: await node.finalityOf(block[0]!.height) }
    const last = news.at(-1)
    if (last !== undefined) place = { height: last.height, index: last.index }
    else await change
  }
}

function byBlock(decisions: readonly LoggedDecision[]): LoggedDecision[][] {
  return [...Map.groupBy(decisions, ({ height }) => height).values()]
}
