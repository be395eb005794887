/** Whom a chain can't do without, by stake: what whoever runs it should know. */
import { isQuorum, toleratedStake } from '../../protocols/consensus/quorum.ts'

export interface Staked {
  readonly id: string
  readonly stake: number
}

/** Validators of equal stake of which one may be faulty. */
const FEWEST = 4
/** More names than this say no more. */
const NAMED = 5

/** A sentence about faults that are not tolerated; undefined where any single one is. */
export function weaknessOf(voting: readonly Staked[]): string | undefined {
  const total = voting.reduce((sum, { stake }) => sum + stake, 0)
  const tolerated = toleratedStake(total)
  const heavy = voting.filter(({ stake }) => stake > tolerated)
  if (heavy.length === 0) return undefined
  const ruler = heavy.find(({ stake }) => isQuorum(stake, total))
  if (ruler !== undefined && voting.length > 1)
    return `${ruler.id} has ${ruler.stake} of ${total} stake, more than two thirds: it decides alone, and no fault of it is tolerated`
  if (heavy.length === voting.length)
    return `no fault is tolerated with ${voting.length === 1 ? 'one validator' : `${voting.length} validators`}: nothing is decided while one is missing, and one that lies is not stopped. ${FEWEST} of equal stake tolerate one`
  const names = heavy.slice(0, NAMED).map(({ id, stake }) => `${id} (${stake})`)
  const more = heavy.length > NAMED ? ' and others' : ''
  return `no fault of ${names.join(', ')}${more} is tolerated, with a third or more of ${total} stake each: nothing is decided while one of them is missing, and one that lies is not stopped`
}
