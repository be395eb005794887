/** A small application: it counts envelopes and evidence, moves stakes now and then, and jails who was accused. */

import { encode } from '../../../../protocols/consensus/codec/bytes.ts'
import { toHex } from '../../../../protocols/consensus/codec/hex.ts'
import { writeEvidence } from '../../../../protocols/consensus/codec/vote.ts'
import type { SignatureCheck } from '../../../../protocols/consensus/events.ts'
import type { Genesis, Parameters } from '../../../../protocols/consensus/genesis.ts'
import type {
  Application,
  Block,
  BlockBody,
  BlockLimits,
  Candidate,
  Envelope,
  Evidence,
  Hash,
  PublicKey,
} from '../../../../protocols/consensus/types.ts'
import { crypto } from './signing.ts'

const EMPTY: Hash = 'e'.repeat(64)
/** Each so many blocks somebody's stake changes. */
const STAKE_CHANGE_BLOCKS = 5
const MOST_STAKE = 1_000_000

/** All machines hold the same objects, so what one has hashed the others need not. */
const rootsOf = new WeakMap<object, { transactions: Hash; evidence: Hash; of: object }>()

interface State {
  root: Hash
  height: number
  readonly used: Set<number>
  readonly stakes: Map<PublicKey, number>
  readonly jailed: Set<PublicKey>
}

export class CountingApplication implements Application {
  #state: State
  readonly #growing: readonly PublicKey[]
  readonly #waiting = new Map<number, Envelope>()
  readonly #accusations = new Map<PublicKey, Evidence>()

  /** The stakes of `growing` members grow much now and then. */
  constructor(genesis: Genesis, growing: readonly PublicKey[], state?: State) {
    this.#growing = growing
    const stakes = new Map(genesis.validators.map(({ public_key, stake }) => [public_key, stake]))
    this.#state = copy(state ?? { root: EMPTY, height: 0, used: new Set(), stakes, jailed: new Set() })
  }

  snapshot(): State {
    return copy(this.#state)
  }

  /** An envelope of some client: its sequence number is its identity. */
  submit(envelope: Envelope): void {
    if (!this.#state.used.has(envelope.sequence)) this.#waiting.set(envelope.sequence, envelope)
  }

  get jailed(): ReadonlySet<PublicKey> {
    return this.#state.jailed
  }

  hasWork(ancestors: readonly Block[]): boolean {
    if (this.#waiting.size === 0) return false
    if (ancestors.length === 0) return true
    const taken = sequencesOf(ancestors)
    for (const sequence of this.#waiting.keys()) if (!taken.has(sequence)) return true
    return false
  }

  build(ancestors: readonly Block[], { maxTransactions }: BlockLimits): BlockBody {
    const taken = sequencesOf(ancestors)
    const envelopes: Envelope[] = []
    for (const [sequence, envelope] of this.#waiting)
      if (!taken.has(sequence) && envelopes.length < maxTransactions) envelopes.push(envelope)
    const shown = new Set(ancestors.flatMap(({ evidence }) => evidence.map(({ offender }) => offender)))
    const evidence = [...this.#accusations.values()].filter(({ offender }) => !shown.has(offender))
    return { envelopes, evidence }
  }

  roots(body: BlockBody): { transactions: Hash; evidence: Hash } {
    let roots = rootsOf.get(body.envelopes)
    if (roots?.of !== body.evidence)
      rootsOf.set(body.envelopes, (roots = { ...this.#roots(body), of: body.evidence }))
    return { transactions: roots.transactions, evidence: roots.evidence }
  }

  #roots({ envelopes, evidence }: BlockBody): { transactions: Hash; evidence: Hash } {
    return {
      transactions: envelopes.length === 0 ? EMPTY : digest(envelopes.map(({ sequence }) => sequence).join()),
      evidence:
        evidence.length === 0
          ? EMPTY
          : digest(evidence.map((item) => toHex(encode(item, writeEvidence))).join()),
    }
  }

  validate(block: Block, ancestors: readonly Block[], { maxTransactions }: BlockLimits): string | undefined {
    if (block.envelopes.length > maxTransactions) return 'too many transactions'
    const taken = sequencesOf(ancestors)
    for (const { sequence } of block.envelopes) {
      if (taken.has(sequence) || this.#state.used.has(sequence)) return 'a duplicate'
      taken.add(sequence)
    }
    return undefined
  }

  apply(block: Block): Hash {
    const state = this.#state
    const { height } = block.header
    for (const { sequence } of block.envelopes) {
      state.used.add(sequence)
      this.#waiting.delete(sequence)
    }
    for (const { offender } of block.evidence) {
      state.jailed.add(offender)
      this.#accusations.delete(offender)
    }
    if (height % STAKE_CHANGE_BLOCKS === 0) {
      const key = this.#growing[height % this.#growing.length]!
      const stake = state.stakes.get(key)!
      state.stakes.set(key, Math.min(MOST_STAKE, height % 2 === 0 ? stake + 10 : stake * 3))
    }
    state.height = height
    state.root = digest(`${state.root} ${height} ${block.header.transactions} ${block.header.evidence}`)
    return state.root
  }

  root(): Hash {
    return this.#state.root
  }

  candidates(): Candidate[] {
    return [...this.#state.stakes].map(([publicKey, stake]) => {
      return { publicKey, stake, jailed: this.#state.jailed.has(publicKey) }
    })
  }

  tuned(): Parameters | undefined {
    return undefined
  }

  unchecked(): readonly SignatureCheck[] {
    return []
  }

  accuse(evidence: Evidence): boolean {
    if (this.#state.jailed.has(evidence.offender)) return false
    this.#accusations.set(evidence.offender, evidence)
    return true
  }
}

function sequencesOf(blocks: readonly Block[]): Set<number> {
  const sequences = new Set<number>()
  for (const { envelopes } of blocks) for (const { sequence } of envelopes) sequences.add(sequence)
  return sequences
}

function copy({ root, height, used, stakes, jailed }: State): State {
  return { root, height, used: new Set(used), stakes: new Map(stakes), jailed: new Set(jailed) }
}

const encoder = new TextEncoder()

function digest(text: string): Hash {
  return toHex(crypto.sha256(encoder.encode(text)))
}
