/** Votes as they come in: counted until they make a certificate, and compared with what the voter said before. */
import { assembleCertificate } from '../certificate.ts'
import { voteSigningBytes } from '../codec/vote.ts'
import { contradict, evidenceChecks, evidenceOf } from '../evidence.ts'
import { type Certificate, NO_HASH, type PublicKey, type Vote, type VoteKind } from '../types.ts'
import type { Standing } from './standing.ts'
import type { View } from './views.ts'

const VOTE_KINDS: readonly VoteKind[] = ['notarize', 'nullify', 'finalize']

export class Votes {
  readonly #standing: Standing
  readonly #certified: (certificate: Certificate) => void

  /** @param certified takes the certificate that votes have made */
  constructor(standing: Standing, certified: (certificate: Certificate) => void) {
    this.#standing = standing
    this.#certified = certified
  }

  /** Takes the vote of a peer, who is believed for itself alone; false where it is none that counts. */
  receive(from: PublicKey, vote: Vote): boolean {
    const { context, epoch, view, views } = this.#standing
    if (epoch.set.members[vote.signer]?.publicKey !== from) {
      context.invalid(from, 'a vote of another')
      return false
    }
    if (!this.#standing.isOfEpoch(vote) || !views.accepts(vote.view, view)) return false
    if ((vote.kind === 'nullify') !== (vote.block === NO_HASH)) {
      context.invalid(from, 'a vote for no block')
      return false
    }
    this.#suspect(from, vote)
    views.at(vote.view).tables[vote.kind].add(vote, false)
    this.#tally(vote)
    return true
  }

  /** Takes this validator's own vote. */
  count(vote: Vote): void {
    this.#standing.views.peek(vote.view)?.tables[vote.kind].add(vote, true)
    this.#tally(vote)
  }

  /** Looks whether votes like this one make a quorum, and has those checked that could. */
  #tally({ kind, view: number, block }: Vote): void {
    const { context, epoch, over, views } = this.#standing
    const view = views.peek(number)
    if (over || view === undefined || view.certificates[kind] !== undefined) return
    const table = view.tables[kind]
    const quorum = table.quorum(block)
    if (quorum !== undefined) return this.#certified(assembleCertificate(quorum, epoch.set))
    const votes = table.toCheck(block)
    if (votes.length === 0) return
    const bytes = voteSigningBytes(context.chainId, votes[0]!)
    const checks = votes.map((vote) => ({
      key: this.#standing.keyOf(vote),
      bytes,
      signature: vote.signature,
    }))
    context.outbox.verify(checks, (valid) => {
      votes.forEach((vote, i) => {
        table.checked(vote, valid[i] === true)
        if (valid[i] !== true) context.invalid(this.#standing.keyOf(vote), 'a vote with an invalid signature')
      })
      this.#tally(votes[0]!)
    })
  }

  /** Shows to all, as proof, what contradicts an earlier vote. */
  #suspect(from: PublicKey, vote: Vote): void {
    const { context, views } = this.#standing
    if (context.accused.has(from)) return
    const view = views.at(vote.view)
    const earlier = earlierContradiction(view, vote)
    if (earlier === undefined || view.suspects.has(vote.signer)) return
    const evidence = evidenceOf(from, earlier, vote)
    view.suspects.add(vote.signer)
    context.outbox.verify(evidenceChecks(evidence, context.chainId), (valid) => {
      if (valid.every(Boolean)) context.accuse(evidence)
      else view.suspects.delete(vote.signer)
    })
  }
}

/** A vote of the same signer that this one contradicts. */
function earlierContradiction({ tables }: View, vote: Vote): Vote | undefined {
  for (const kind of VOTE_KINDS) {
    const earlier = tables[kind].of(vote.signer)
    if (earlier !== undefined && contradict(earlier, vote)) return earlier
  }
  return undefined
}
