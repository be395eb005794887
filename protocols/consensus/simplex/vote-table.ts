/**
 * The votes of one kind in one view. Their signatures are checked lazily: only once what they claim is a quorum, and
 * only as many as a quorum needs, because checking is what costs most with many validators.
 */
import { isQuorum } from '../quorum.ts'
import type { Hash, ValidatorSet, Vote } from '../types.ts'

interface Slot {
  readonly vote: Vote
  state: 'unchecked' | 'checking' | 'valid'
}

interface Tally {
  /** Stake of all votes for the block, checked or not. */
  claimed: number
  valid: number
  checking: number
}

export class VoteTable {
  readonly #set: ValidatorSet
  readonly #slots: (Slot | undefined)[] = []
  /** Of blocks that a vote in a slot is for, so no more than there are members. */
  readonly #tallies = new Map<Hash, Tally>()

  constructor(set: ValidatorSet) {
    this.#set = set
  }

  /** The vote of this member that counts; undefined where there is none. */
  of(signer: number): Vote | undefined {
    return this.#slots[signer]?.vote
  }

  /** Takes the first vote of each member; a later one is not counted. */
  add(vote: Vote, valid: boolean): void {
    const slot = this.#slots[vote.signer]
    if (slot !== undefined) {
      if (valid && slot.vote.block === vote.block && slot.state !== 'valid') this.#replace(slot, vote)
      return
    }
    this.#slots[vote.signer] = { vote, state: valid ? 'valid' : 'unchecked' }
    let tally = this.#tallies.get(vote.block)
    if (tally === undefined) this.#tallies.set(vote.block, (tally = { claimed: 0, valid: 0, checking: 0 }))
    tally.claimed += this.#stake(vote)
    if (valid) tally.valid += this.#stake(vote)
  }

  /** Votes for the block to check now, so that a quorum may come of them; they are being checked from now on. */
  toCheck(block: Hash): Vote[] {
    const tally = this.#tallies.get(block)
    if (tally === undefined || !this.#isQuorum(tally.claimed)) return []
    if (this.#isQuorum(tally.valid + tally.checking)) return []
    const votes: Vote[] = []
    for (const slot of this.#slots) {
      if (slot?.state !== 'unchecked' || slot.vote.block !== block) continue
      slot.state = 'checking'
      tally.checking += this.#stake(slot.vote)
      votes.push(slot.vote)
      if (this.#isQuorum(tally.valid + tally.checking)) break
    }
    return votes
  }

  /** What came of checking a vote. An invalid one makes room for another of the same member. */
  checked(vote: Vote, valid: boolean): void {
    const slot = this.#slots[vote.signer]
    if (slot?.vote !== vote || slot.state !== 'checking') return
    const tally = this.#tallies.get(vote.block)!
    tally.checking -= this.#stake(vote)
    if (valid) {
      slot.state = 'valid'
      tally.valid += this.#stake(vote)
    } else {
      this.#slots[vote.signer] = undefined
      tally.claimed -= this.#stake(vote)
      if (tally.claimed === 0) this.#tallies.delete(vote.block)
    }
  }

  /** Valid votes for the block that just make a quorum; undefined where there is none. */
  quorum(block: Hash): Vote[] | undefined {
    if (!this.#isQuorum(this.#tallies.get(block)?.valid ?? 0)) return undefined
    const votes: Vote[] = []
    let signed = 0
    for (const slot of this.#slots) {
      if (slot?.state !== 'valid' || slot.vote.block !== block) continue
      votes.push(slot.vote)
      signed += this.#stake(slot.vote)
      if (this.#isQuorum(signed)) break
    }
    return votes
  }

  /** Whether exactly this signature of the member has been found valid. */
  knows(signer: number, block: Hash, signature: Uint8Array): boolean {
    const slot = this.#slots[signer]
    if (slot?.state !== 'valid' || slot.vote.block !== block) return false
    return sameBytes(slot.vote.signature, signature)
  }

  #replace(slot: Slot, vote: Vote): void {
    const tally = this.#tallies.get(vote.block)!
    if (slot.state === 'checking') tally.checking -= this.#stake(vote)
    tally.valid += this.#stake(vote)
    this.#slots[vote.signer] = { vote, state: 'valid' }
  }

  #stake({ signer }: Vote): number {
    return this.#set.members[signer]!.stake
  }

  #isQuorum(signed: number): boolean {
    return isQuorum(signed, this.#set.totalStake)
  }
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}
