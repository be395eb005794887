/**
 * The decision log: what was decided under which topic, in the one order of the final blocks. The root chains the
 * decisions of one block to those before, so it stands for all that were ever made; the newest are kept so that they
 * can be followed without the blocks.
 *
 *   before the oldest kept ─► block 7 ─► block 9 ─► ... = chain
 *         base                each: sha256(chain before, decisions)
 *
 * A decision is proved to others by its transaction being in a final block: what makes one valid is its form alone.
 */
import { type ByteReader, ByteWriter, decode, encode } from '../codec/bytes.ts'
import { toHex } from '../codec/hex.ts'
import { MAX_TRANSACTIONS } from '../codec/limits.ts'
import { MalformedBytesError } from '../errors.ts'
import { type Crypto, type Hash, NO_HASH, type PublicKey, type Transaction } from '../types.ts'
import { DONE, type Outcome, type StateMachine, type TransactionContext } from './machine.ts'
import { withOperation } from './operation.ts'

const DECISIONS = 'decisions'
export const MAX_TOPIC_BYTES = 128
export const MAX_DECISION_BYTES = 64 * 1024

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

export function decisionTransaction(topic: string, value: Uint8Array): Transaction {
  return { machine: DECISIONS, payload: encode(topic, (writer) => writer.text(topic).bytes(value)) }
}

/** Throws MalformedBytesError for a payload that the log refuses. */
export function readDecision(payload: Uint8Array): Pick<LoggedDecision, 'topic' | 'value'> {
  return decode(payload, readPayload)
}

export class Decisions implements StateMachine {
  readonly name = DECISIONS
  readonly #crypto: Crypto
  readonly #limits: DecisionLimits
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
    return withOperation(payload, readPayload, ({ topic, value }) => {
      // A copy, because the payload is a part of its block, which would stay in memory with it.
      this.#add({ topic, value: value.slice(), sender, height, index })
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
    for (const piece of pieces) {
      if (base === undefined) {
        this.#base = base = decode(piece, readBase)
        this.#chain = base.chain
      } else this.#add(decode(piece, readLogged))
    }
    if (base === undefined) throw new MalformedBytesError('the decision log has no beginning')
    this.#seal()
  }

  #add(decision: LoggedDecision): void {
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
const OVERHEAD_BYTES = 128

function readPayload(reader: ByteReader): Pick<LoggedDecision, 'topic' | 'value'> {
  return { topic: reader.text(MAX_TOPIC_BYTES), value: reader.bytes(MAX_DECISION_BYTES) }
}

function writeDecision(writer: ByteWriter, { topic, value, sender, height, index }: LoggedDecision): void {
  writer.varint(height).varint(index).hash(sender).text(topic).bytes(value)
}

function readLogged(reader: ByteReader): LoggedDecision {
  const place = { height: reader.varint(), index: reader.varint(MAX_TRANSACTIONS) }
  const sender = reader.hash()
  const { topic, value } = readPayload(reader)
  return { topic, value: value.slice(), sender, ...place }
}

function writeBase(writer: ByteWriter, { chain, count, height }: Base): void {
  writer.hash(chain).varint(count).varint(height)
}

function readBase(reader: ByteReader): Base {
  return { chain: reader.hash(), count: reader.varint(), height: reader.varint() }
}
