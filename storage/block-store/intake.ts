/** What of a run an archive takes: the blocks that follow on its newest one. */
import { MAX_RUN } from '../../protocols/consensus/codec/message.ts'
import type { CertifiedBlocks } from '../../protocols/consensus/messages.ts'
import { InvalidOptionError } from '../../protocols/errors.ts'
import { firstOf, lastOf } from './entries.ts'

/** Undefined where all of it is known; throws InvalidOptionError where it does not follow. */
export function newsIn(run: CertifiedBlocks, newest: number): CertifiedBlocks | undefined {
  const { blocks } = run
  if (blocks.length === 0 || blocks.length > MAX_RUN)
    throw new InvalidOptionError(`a run has to have 1 to ${MAX_RUN} blocks, not ${blocks.length}`)
  const first = firstOf(run)
  if (!blocks.every(({ header }, i) => header.height === first + i))
    throw new InvalidOptionError('the heights of the blocks in a run have to follow on each other')
  if (lastOf(run) <= newest) return undefined
  if (first > newest + 1)
    throw new InvalidOptionError(
      `the run begins with height ${first}, but the newest is ${newest}: append what is between them first, or put a snapshot`,
    )
  return first === newest + 1 ? run : { ...run, blocks: blocks.slice(newest + 1 - first) }
}
