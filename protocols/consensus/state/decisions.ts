/**
 * The decision log: what was decided under which topic, in the one order of the final blocks. The root chains the
 * decisions of one block to those before, so it stands for all that were ever made; the newest are kept so that they
 * can be followed without the blocks.
 *
 *   before the oldest kept ─► block 7 ─► block 9 ─► ... = chain
 *         base                each: sha256(chain before, decisions)
 *
 * A decision is proved to others by its transaction being in a final block: what makes one valid is its form alone, and
 * that it is new. Each carries a nonce, so that who did not hear what became of it can send it again, by whomever: the
 * same bytes are one decision for as long as it is kept.
 */
import { type ByteReader, ByteWriter, decode, encode } from '../codec/bytes.ts'
import { toHex } from '../codec/hex.ts'
import { MAX_TRANSACTIONS } from '../codec/limits.ts'
import { MalformedBytesError } from '../errors.ts'
import { type Crypto, type Hash, NO_HASH, type PublicKey, type Transaction } from '../types.ts'
import { DONE, type Outcome, refused, type StateMachine, type TransactionContext } from './machine.ts'
import { withOperation } from './operation.ts'

export const DECISIONS = 'decisions'
export const MAX_TOPIC_BYTES = 128
export const MAX_DECISION_BYTES = 64 * 1024
export const NONCE_BYTES = 16

export interface DecisionLimits {
  /** Decisions that are kept to be followed; older ones are in the blocks. */
  readonly kept: number
  readonly keptBytes: number
}

const DEFAULT_DECISION_LIMITS: DecisionLimits = { kept: 16_384, keptBytes: 8 * 1024 * 1024 }

export interface LoggedDecision {
  readonly topic: string
  readonly value: Uint8Array
  readonly sender: PublicKey
  readonly height: number
  /** Of its transaction in the block. */
  readonly index: number
  /** What makes it another decision than one with the same topic and value: NONCE_BYTES. */
  readonly nonce: Uint8Array
}

/** A place in the log; there is no transaction at BEFORE_ALL. */
export type Place = Pick<LoggedDecision, 'height' | 'index'>
export const BEFORE_ALL: Place = { height: 0, index: 0 }

interface Base {
  readonly chain: Hash
  readonly count: number
  readonly height: number
}

/** The decisions of one block. */
interface Batch {
  readonly height: number
  readonly decisions: LoggedDecision[]
  bytes: number
  /** Up to and with this batch, once it is closed. */
  chain: Hash
}

type Content = Pick<LoggedDecision, 'topic' | 'value' | 'nonce'>

/** @param nonce NONCE_BYTES that nobody used before */
export function decisionTransaction(topic: string, value: Uint8Array, nonce: Uint8Array): Transaction {
  return { machine: DECISIONS, payload: encode({ topic, value, nonce }, writeContent) }
}

/** Throws MalformedBytesError for a payload that the log refuses. */
export function readDecision(payload: Uint8Array): Content {
  return decode(payload, readContent)
}

const ALREADY = /^decided already at (\d+)\/(\d+)$/

/** Where the very same decision is in the log, by the reason for which it was refused; undefined for other reasons. */
export function decidedAlready(reason: string): Place | undefined {
  const found = ALREADY.exec(reason)
  return found === null ? undefined : { height: Number(found[1]), index: Number(found[2]) }
}

export class Decisions implements StateMachine {
  readonly name = DECISIONS
  readonly #crypto: Crypto
  readonly #limits: DecisionLimits
  /** The kept ones by the hash of their content. */
  readonly #known = new Map<Hash, Place>()
  /** Oldest first; where `#open` is set, the last is not in the chain yet. */
  #batches: Batch[] = []
  #open = false
  #chain: Hash = NO_HASH
  /** What was before the oldest batch. */
  #base: Base = { chain: NO_HASH, count: 0, height: 0 }
  #kept = 0
  #keptBytes = 0

  constructor(crypto: Crypto, limits: DecisionLimits = DEFAULT_DECISION_LIMITS) {
    this.#crypto = crypto
    this.#limits = limits
  }

  /** Decisions that were ever made. */
  get count(): number {
    return this.#base.count + this.#kept
  }

  /** Decisions of blocks up to this height are no longer kept; 0 where all are. */
  get prunedHeight(): number {
    return this.#base.height
  }

  /** The kept decisions that come after this place, in order. */
  *after({ height, index }: Place): Generator<LoggedDecision> {
    for (let at = this.#firstBatch(height); at < this.#batches.length; at++)
      for (const decision of this.#batches[at]!.decisions)
        if (decision.height > height || decision.index > index) yield decision
  }

  apply(payload: Uint8Array, { sender, height, index }: TransactionContext): Outcome {
    return withOperation(payload, readContent, ({ topic, value, nonce }) => {
      const hash = this.#hashOf(payload)
      const known = this.#known.get(hash)
      if (known !== undefined) return refused(`decided already at ${known.height}/${known.index}`)
      // Copies, because the payload is a part of its block, which would stay in memory with them.
      this.#add({ topic, value: value.slice(), nonce: nonce.slice(), sender, height, index }, hash)
      return DONE
    })
  }

  root(): Hash {
    this.#seal()
    const { count, chain, height } = this.#base
    const content = encode(this.#chain, (writer) =>
      writer.varint(this.count).hash(this.#chain).varint(count).hash(chain).varint(height),
    )
    return toHex(this.#crypto.sha256(content))
  }

  *save(): Generator<Uint8Array> {
    this.#seal()
    yield encode(this.#base, writeBase)
    for (const decision of this.after(BEFORE_ALL)) yield encode(decision, writeDecision)
  }

  load(pieces: Iterable<Uint8Array>): void {
    let base: Base | undefined
    this.#batches = []
    this.#open = false
    this.#kept = this.#keptBytes = 0
    this.#known.clear()
    for (const piece of pieces) {
      if (base === undefined) {
        this.#base = base = decode(piece, readBase)
        this.#chain = base.chain
      } else {
        const decision = decode(piece, readLogged)
        this.#add(decision, this.#hashOf(encode(decision, writeContent)))
      }
    }
    if (base === undefined) throw new MalformedBytesError('the decision log has no beginning')
    this.#seal()
  }

  #hashOf(content: Uint8Array): Hash {
    return toHex(this.#crypto.sha256(content))
  }

  #add(decision: LoggedDecision, hash: Hash): void {
    this.#known.set(hash, { height: decision.height, index: decision.index })
    let batch = this.#batches.at(-1)
    if (batch === undefined || batch.height !== decision.height) {
      this.#seal()
      batch = { height: decision.height, decisions: [], bytes: 0, chain: NO_HASH }
      this.#batches.push(batch)
      this.#open = true
    }
    const bytes = OVERHEAD_BYTES + decision.topic.length + decision.value.length
    batch.decisions.push(decision)
    batch.bytes += bytes
    this.#kept++
    this.#keptBytes += bytes
  }

  /** Takes the decisions of the block that ended into the chain, and lets go of the oldest beyond the limits. */
  #seal(): void {
    if (!this.#open) return
    this.#open = false
    const batch = this.#batches.at(-1)!
    this.#chain = batch.chain = this.#linked(this.#chain, batch)
    const { kept, keptBytes } = this.#limits
    while (this.#batches.length > 1 && (this.#kept > kept || this.#keptBytes > keptBytes)) this.#prune()
  }

  #prune(): void {
    const batch = this.#batches.shift()!
    for (const decision of batch.decisions) this.#known.delete(this.#hashOf(encode(decision, writeContent)))
    const count = this.#base.count + batch.decisions.length
    this.#base = { chain: batch.chain, count, height: batch.height }
    this.#kept -= batch.decisions.length
    this.#keptBytes -= batch.bytes
  }

  #linked(chain: Hash, { decisions, bytes }: Batch): Hash {
    const writer = new ByteWriter(bytes).hash(chain).list(decisions, writeDecision)
    return toHex(this.#crypto.sha256(writer.done()))
  }

  #firstBatch(height: number): number {
    let from = 0
    let to = this.#batches.length
    while (from < to) {
      const middle = (from + to) >> 1
      if (this.#batches[middle]!.height < height) from = middle + 1
      else to = middle
    }
    return from
  }
}

/** About what a decision takes in memory beside its topic and value. */
const OVERHEAD_BYTES = 384

function readContent(reader: ByteReader): Content {
  return {
    topic: reader.text(MAX_TOPIC_BYTES),
    value: reader.bytes(MAX_DECISION_BYTES),
    nonce: reader.raw(NONCE_BYTES),
  }
}

function writeContent(writer: ByteWriter, { topic, value, nonce }: Content): void {
  writer.text(topic).bytes(value).raw(nonce)
}

function writeDecision(writer: ByteWriter, decision: LoggedDecision): void {
  const { sender, height, index } = decision
  writeContent(writer.varint(height).varint(index).hash(sender), decision)
}

function readLogged(reader: ByteReader): LoggedDecision {
  const place = { height: reader.varint(), index: reader.varint(MAX_TRANSACTIONS) }
  const sender = reader.hash()
  const { topic, value, nonce } = readContent(reader)
  return { topic, value: value.slice(), nonce: nonce.slice(), sender, ...place }
}

function writeBase(writer: ByteWriter, { chain, count, height }: Base): void {
  writer.hash(chain).varint(count).varint(height)
}

function readBase(reader: ByteReader): Base {
  return { chain: reader.hash(), count: reader.varint(), height: reader.varint() }
}
