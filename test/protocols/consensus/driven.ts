/** One validator of four that a test drives message by message; what the three others say is made here, with their keys. */
import { assembleCertificate } from '../../../protocols/consensus/certificate.ts'
import { hashHeader } from '../../../protocols/consensus/codec/block.ts'
import { voteSigningBytes } from '../../../protocols/consensus/codec/vote.ts'
import { genesisSeed } from '../../../protocols/consensus/epoch.ts'
import type { ConsensusEffect, ConsensusEvent, VoteRecord } from '../../../protocols/consensus/events.ts'
import { createGenesis, hashGenesis } from '../../../protocols/consensus/genesis.ts'
import type { CertifiedBlocks, Message } from '../../../protocols/consensus/messages.ts'
import {
  type Block,
  type BlockHeader,
  type Certificate,
  type Evidence,
  type Hash,
  NO_HASH,
  SIGNATURE_BYTES,
  type Vote,
  type VoteKind,
} from '../../../protocols/consensus/types.ts'
import { Validator } from '../../../protocols/consensus/validator.ts'
import { CountingApplication } from './simulator/application.ts'
import { START_MS } from './simulator/scenario.ts'
import { crypto, isSigned, keyOf, sign } from './simulator/signing.ts'

const MEMBERS = [0, 1, 2, 3]
/** The one that is driven. */
export const SELF = 0

export const genesis = createGenesis({
  chain: 'driven',
  genesis_time: START_MS - 1_000,
  epoch_length: 20,
  validators: MEMBERS.map((i) => ({ id: `v${i}`, public_key: keyOf(i), stake: 100 })),
})
export const chainId = hashGenesis(genesis, crypto)
const seed = () => genesisSeed(genesis, chainId, new CountingApplication(genesis, []).root(), crypto)

export class Driven {
  readonly validator: Validator
  readonly effects: ConsensusEffect[] = []
  /** Effects of these kinds are answered later, by `answer`. */
  readonly #later: ReadonlySet<ConsensusEffect['kind']>
  #waiting: ConsensusEvent[] = []
  nowMs = START_MS

  constructor({
    records = [],
    later = [],
    replayed,
    work = false,
  }: {
    readonly records?: readonly VoteRecord[]
    /** What it has stored since the genesis. */
    readonly replayed?: CertifiedBlocks
    /** Something waits to be proposed. */
    readonly work?: boolean
    readonly later?: readonly ConsensusEffect['kind'][]
  } = {}) {
    this.#later = new Set(later)
    const application = new CountingApplication(genesis, [])
    this.validator = new Validator({
      ...{ self: keyOf(SELF), genesis, chainId, crypto, application, seed: seed(), records },
    })
    if (replayed !== undefined) this.validator.replay(replayed)
    this.#carryOut(this.validator.start(this.nowMs))
    if (!work) return
    const content = { sender: 'c'.repeat(64), sequence: 1, priority: 0, transactions: [] }
    application.submit({ ...content, signature: new Uint8Array(SIGNATURE_BYTES) })
    this.take({ kind: 'work' })
  }

  /** A message of member `from`. */
  hear(from: number, message: Message): void {
    this.take({ kind: 'message', from: keyOf(from), message })
  }

  take(event: ConsensusEvent): void {
    this.#carryOut(this.validator.step(event, this.nowMs))
  }

  /** Lets so much time pass. */
  wait(ms: number): void {
    this.nowMs += ms
    this.take({ kind: 'tick' })
  }

  /** Answers what waits. */
  answer(): void {
    const events = this.#waiting
    this.#waiting = []
    for (const event of events) this.take(event)
  }

  /** What it has sent of this kind. */
  sent<K extends Message['kind']>(
    kind: K,
  ): { readonly to: string; readonly message: Extract<Message, { kind: K }> }[] {
    return this.effects.flatMap((effect) =>
      effect.kind === 'send' && effect.message.kind === kind
        ? [{ to: effect.to, message: effect.message as Extract<Message, { kind: K }> }]
        : [],
    )
  }

  count(kind: ConsensusEffect['kind']): number {
    return this.effects.filter((effect) => effect.kind === kind).length
  }

  #carryOut(effects: readonly ConsensusEffect[]): void {
    this.effects.push(...effects)
    const answers: ConsensusEvent[] = []
    for (const effect of effects) {
      const answer = answerTo(effect)
      if (answer !== undefined) (this.#later.has(effect.kind) ? this.#waiting : answers).push(answer)
    }
    for (const answer of answers) this.take(answer)
  }
}

function answerTo(effect: ConsensusEffect): ConsensusEvent | undefined {
  switch (effect.kind) {
    case 'sign':
      return { kind: 'signed', token: effect.token, signature: sign(keyOf(SELF), effect.bytes) }
    case 'persist':
      return { kind: 'persisted', token: effect.token }
    case 'verify':
      return { kind: 'verified', token: effect.token, valid: effect.checks.map(isSigned) }
    default:
      return undefined
  }
}

export function voteOf(signer: number, kind: VoteKind, view: number, block: Hash = NO_HASH, epoch = 0): Vote {
  const content = { kind, epoch, view, block }
  return { ...content, signer, signature: sign(keyOf(signer), voteSigningBytes(chainId, content)) }
}

/** By the three others. */
export function certificateOf(kind: VoteKind, view: number, block: Hash = NO_HASH, epoch = 0): Certificate {
  const votes = MEMBERS.filter((i) => i !== SELF).map((signer) => voteOf(signer, kind, view, block, epoch))
  return assembleCertificate(votes, seed().set)
}

/** That the member finalized two blocks in one view. */
export function evidenceAgainst(offender: number, epoch = 0): Evidence {
  const [first, second] = ['a', 'b'].map((digit) => voteOf(offender, 'finalize', 1, digit.repeat(64), epoch))
  return { offender: keyOf(offender), first: first!, second: second! }
}

/** A child of the block, or of the genesis, without transactions. */
export function childOf(
  parent: Block | undefined,
  header: Partial<BlockHeader> = {},
  evidence: readonly Evidence[] = [],
): Block {
  const { set, roots } = seed()
  const height = (parent?.header.height ?? 0) + 1
  const body = { envelopes: [], evidence }
  return {
    header: {
      ...{ chain: chainId, epoch: 0, height, parent: parent === undefined ? chainId : hashOf(parent) },
      ...{ proposer: 1, timestampMs: START_MS + height, validators: set.hash, nextValidators: NO_HASH },
      ...{ stateHeight: 0, stateRoot: roots[0]!.root, signers: new Uint8Array(0) },
      ...new CountingApplication(genesis, []).roots(body),
      ...header,
    },
    ...body,
  }
}

export function hashOf({ header }: Block): Hash {
  return hashHeader(header, crypto)
}

/** `length` blocks, each the child of the one before. */
export function chainOf(length: number): Block[] {
  const blocks: Block[] = []
  for (let i = 0; i < length; i++) blocks.push(childOf(blocks.at(-1)))
  return blocks
}

export { keyOf }
