/**
 * What a faulty validator makes of what an honest one would send: it tells halves different things, votes for both
 * sides, keeps things back, repeats what it has heard, and signs nonsense. It has one key and no other's.
 */
import { hashHeader } from '../../../../protocols/consensus/codec/block.ts'
import { voteSigningBytes } from '../../../../protocols/consensus/codec/vote.ts'
import type { Message, Proposal } from '../../../../protocols/consensus/messages.ts'
import { type Hash, NO_HASH, type PublicKey, type Vote } from '../../../../protocols/consensus/types.ts'
import type { Random } from './random.ts'
import { crypto, sign } from './signing.ts'

export interface Lie {
  readonly to: PublicKey | 'all'
  readonly message: Message
}

/** Things it has heard that it may repeat. */
const MEMORY = 64

export class Liar {
  readonly #key: PublicKey
  readonly #chain: Hash
  readonly #random: Random
  readonly #peers: readonly PublicKey[]
  readonly #withholds: number
  readonly #equivocates: number
  readonly #corrupts: number
  readonly #replays: number
  readonly #forks: number
  readonly #heard: Message[] = []
  readonly #proposals: Proposal[] = []
  readonly #blocks = new Map<string, Set<Hash>>()

  constructor(key: PublicKey, chain: Hash, peers: readonly PublicKey[], random: Random) {
    this.#key = key
    this.#chain = chain
    this.#random = random
    this.#peers = peers
    const some = (share: number) => (random.chance(0.5) ? random.next() * share : 0)
    this.#withholds = random.chance(0.1) ? 1 : some(0.6)
    this.#equivocates = random.chance(0.6) ? 0.2 + random.next() * 0.8 : 0
    this.#corrupts = some(0.3)
    this.#replays = some(0.2)
    this.#forks = some(1)
  }

  hear(message: Message): void {
    if (message.kind === 'vote') this.#noteBlock(message.vote)
    if (message.kind === 'proposal') {
      this.#noteBlock(message.vote)
      this.#proposals.push(message)
      if (this.#proposals.length > 4) this.#proposals.shift()
    }
    if (this.#heard.length < MEMORY) this.#heard.push(message)
    else this.#heard[this.#random.whole(0, MEMORY - 1)] = message
  }

  /** What is sent instead. */
  tell(to: PublicKey | 'all', message: Message): Lie[] {
    const lies: Lie[] = []
    if (this.#heard.length > 0 && this.#random.chance(this.#replays))
      lies.push({ to: this.#random.pick(this.#peers), message: this.#random.pick(this.#heard) })
    if (this.#random.chance(this.#withholds)) return lies
    if (this.#random.chance(this.#corrupts)) return [...lies, { to, message: this.#corrupt(message) }]
    if (message.kind === 'proposal' && this.#random.chance(this.#forks))
      return [...lies, { to, message: this.#fork(message) }]
    if (to === 'all' && this.#random.chance(this.#equivocates)) return [...lies, ...this.#equivocate(message)]
    return [...lies, { to, message }]
  }

  #equivocate(message: Message): Lie[] {
    const other = this.#otherSide(message)
    if (other.length === 0) return [{ to: 'all', message }]
    return this.#peers.flatMap((to) => {
      const both = this.#random.chance(0.2)
      const first = this.#random.chance(0.5)
      const sides = [message, ...other]
      return (both ? sides : first ? [message] : other).map((side) => ({ to, message: side }))
    })
  }

  /** Builds where an earlier proposal did, next to what may be final. */
  #fork(proposal: Proposal): Message {
    const { vote, block } = proposal
    const earlier = this.#proposals.filter(
      (other) => other.vote.epoch === vote.epoch && other.vote.view < vote.view,
    )
    const sibling = earlier.at(-this.#random.whole(1, 2))
    if (sibling === undefined) return proposal
    const { header } = sibling.block
    const { proposer, timestampMs } = block.header
    const forked = { ...block, header: { ...header, ...this.#rootsOf(proposal), proposer, timestampMs } }
    return {
      ...sibling,
      block: forked,
      vote: this.#sign({ ...vote, block: hashHeader(forked.header, crypto) }),
    }
  }

  #rootsOf({ block: { header } }: Proposal): { transactions: Hash; evidence: Hash } {
    return { transactions: header.transactions, evidence: header.evidence }
  }

  /** What contradicts the message. */
  #otherSide(message: Message): Message[] {
    if (message.kind === 'proposal') {
      const { header } = message.block
      const block = { ...message.block, header: { ...header, timestampMs: header.timestampMs + 1 } }
      const hash = hashHeader(block.header, crypto)
      this.#noteBlock({ ...message.vote, block: hash })
      return [{ ...message, block, vote: this.#sign({ ...message.vote, block: hash }) }]
    }
    if (message.kind !== 'vote') return []
    const { vote } = message
    const blocks = [...(this.#blocks.get(`${vote.epoch} ${vote.view}`) ?? [])]
    const votes: Vote[] = []
    for (const block of blocks) {
      if (block !== vote.block) votes.push(this.#sign({ ...vote, kind: 'notarize', block }))
      votes.push(this.#sign({ ...vote, kind: 'finalize', block }))
    }
    votes.push(this.#sign({ ...vote, kind: 'nullify', block: NO_HASH }))
    return votes.map((other) => ({ kind: 'vote', vote: other }))
  }

  #corrupt(message: Message): Message {
    switch (message.kind) {
      case 'vote': {
        const { vote } = message
        return {
          ...message,
          vote: this.#random.pick([forged(vote), this.#sign({ ...vote, epoch: vote.epoch + 1 })]),
        }
      }
      case 'proposal': {
        const { block } = message
        const header = this.#random.pick([
          { ...block.header, stateRoot: NO_HASH },
          { ...block.header, height: block.header.height + 1 },
          { ...block.header, timestampMs: block.header.timestampMs + 10_000 },
          { ...block.header, epoch: block.header.epoch + 1 },
          { ...block.header, nextValidators: 'f'.repeat(64) },
        ])
        const vote = this.#sign({ ...message.vote, block: hashHeader(header, crypto) })
        return { ...message, block: { ...block, header }, vote }
      }
      case 'certificate': {
        const { certificate } = message
        return {
          ...message,
          certificate: this.#random.pick([
            { ...certificate, block: 'd'.repeat(64) },
            { ...certificate, view: certificate.view + 1 },
            { ...certificate, epoch: certificate.epoch + 1 },
            { ...certificate, kind: 'finalize' as const },
            { ...certificate, signatures: certificate.signatures.slice(1) },
          ]),
        }
      }
      case 'chain':
        return { ...message, blocks: message.blocks.map((block) => ({ ...block, envelopes: [] })) }
      default:
        return message
    }
  }

  #sign(vote: Vote): Vote {
    return { ...vote, signature: sign(this.#key, voteSigningBytes(this.#chain, vote)) }
  }

  #noteBlock({ epoch, view, block }: Vote): void {
    if (block === NO_HASH) return
    const key = `${epoch} ${view}`
    let blocks = this.#blocks.get(key)
    if (blocks === undefined) this.#blocks.set(key, (blocks = new Set()))
    if (blocks.size < 4) blocks.add(block)
  }
}

function forged(vote: Vote): Vote {
  const signature = vote.signature.slice()
  signature[0]! ^= 1
  return { ...vote, signature }
}
