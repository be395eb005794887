/**
 * Which transactions have been executed, of those that carry a key: a validator that is lost leaves whoever asked it
 * in doubt, who then sends the same transaction again, by whichever validator. The key makes it one transaction.
 *
 *   block time ─────────────► untilMs: no block of a later time executes it
 *        └ executed: the key and what came of it are remembered up to there ┘
 *
 * So a copy that comes late, however late, finds either that it was executed or that its time is over. Keys are kept in
 * slots of time by when they end, each under a hash that chains its keys, and a slot goes as a whole.
 */
import { type ByteReader, type ByteWriter, decode, encode } from '../codec/bytes.ts'
import { toHex } from '../codec/hex.ts'
import { MAX_TRANSACTIONS } from '../codec/limits.ts'
import { MalformedBytesError } from '../errors.ts'
import { type Crypto, type Hash, NO_HASH, ONCE_ID_BYTES, type OnceKey } from '../types.ts'
import { type BlockContext, type Outcome, refused, type StateMachine } from './machine.ts'

const EXECUTED = 'executed'
/** How far ahead of a block the end of a key may be: what is remembered for longer could be anything. */
export const MAX_ONCE_MS = 3_600_000
/** An answer or a reason that is longer is not remembered; that the transaction was executed is. */
export const MAX_REMEMBERED_BYTES = 4_096
/** Of all that is remembered: about 300,000 keys without answers. */
const KEPT_BYTES = 32 * 1024 * 1024
/** What a key takes in memory beside its answer, about. */
const OVERHEAD_BYTES = 112
const SLOT_MS = 10_000

export interface Execution {
  readonly height: number
  /** Of the transaction among all of its block. */
  readonly index: number
  /** Undefined where it was too large to be remembered. */
  readonly outcome: Outcome | undefined
}

interface Slot {
  readonly executions: Map<string, Execution>
  bytes: number
  chain: Hash
}

const ALREADY = /^executed already at (\d+)\/(\d+)$/
const TOO_LATE = 'the time of its key is over'
const TOO_EARLY = `its key ends more than ${MAX_ONCE_MS} ms from now`
const FULL = 'there is no room to remember more keys'

/** Where the transaction was executed, by the reason for which a copy was refused; undefined for other reasons. */
export function executedAlready(reason: string): Pick<Execution, 'height' | 'index'> | undefined {
  const found = ALREADY.exec(reason)
  return found === null ? undefined : { height: Number(found[1]), index: Number(found[2]) }
}

/** Whether the reason says nothing about the transaction but that this copy of it was not executed. */
export function isPassedOver(reason: string): boolean {
  return reason === TOO_LATE || reason === TOO_EARLY || reason === FULL
}

export class Executed implements StateMachine {
  readonly name = EXECUTED
  readonly #crypto: Crypto
  readonly #keptBytes: number
  /** By the number of the slot. */
  readonly #slots = new Map<number, Slot>()
  #bytes = 0

  constructor(crypto: Crypto, keptBytes = KEPT_BYTES) {
    this.#crypto = crypto
    this.#keptBytes = keptBytes
  }

  /** Keys that are remembered. */
  get size(): number {
    let size = 0
    for (const { executions } of this.#slots.values()) size += executions.size
    return size
  }

  get({ id, untilMs }: OnceKey): Execution | undefined {
    return this.#slots.get(slotOf(untilMs))?.executions.get(nameOf(id, untilMs))
  }

  beginBlock({ timestampMs }: BlockContext): void {
    for (const [number, slot] of this.#slots) {
      if ((number + 1) * SLOT_MS > timestampMs) continue
      this.#slots.delete(number)
      this.#bytes -= slot.bytes
    }
  }

  /** Why a transaction with this key is not executed; undefined where it is. */
  refusal(key: OnceKey, { timestampMs }: BlockContext): string | undefined {
    if (key.untilMs < timestampMs) return TOO_LATE
    if (key.untilMs > timestampMs + MAX_ONCE_MS) return TOO_EARLY
    const known = this.get(key)
    if (known !== undefined) return `executed already at ${known.height}/${known.index}`
    return this.#bytes + OVERHEAD_BYTES + MAX_REMEMBERED_BYTES > this.#keptBytes ? FULL : undefined
  }

  /** Also of one that its state machine has refused: a copy must not have another outcome. */
  remember(key: OnceKey, { height, index, outcome }: Execution): void {
    const answer =
      outcome === undefined || sizeOf(outcome) > MAX_REMEMBERED_BYTES ? undefined : copyOf(outcome)
    this.#add(key, { height, index, outcome: answer })
  }

  apply(): Outcome {
    return refused(`the state machine "${EXECUTED}" takes no transactions`)
  }

  root(): Hash {
    const slots = [...this.#slots].sort(([a], [b]) => a - b)
    const content = encode(slots, (writer) =>
      writer.list(slots, (out, [number, { executions, chain }]) =>
        out.varint(number).varint(executions.size).hash(chain),
      ),
    )
    return toHex(this.#crypto.sha256(content))
  }

  *save(): Generator<Uint8Array> {
    for (const [, { executions }] of [...this.#slots].sort(([a], [b]) => a - b))
      for (const [name, execution] of executions) yield entryBytes(name, execution)
  }

  load(pieces: Iterable<Uint8Array>): void {
    this.#slots.clear()
    this.#bytes = 0
    for (const piece of pieces) {
      const { key, execution } = decode(piece, readEntry)
      if (this.get(key) !== undefined) throw new MalformedBytesError('a key is there twice')
      this.#add(key, execution)
    }
  }

  #add({ id, untilMs }: OnceKey, execution: Execution): void {
    const number = slotOf(untilMs)
    let slot = this.#slots.get(number)
    if (slot === undefined)
      this.#slots.set(number, (slot = { executions: new Map(), bytes: 0, chain: NO_HASH }))
    const name = nameOf(id, untilMs)
    slot.executions.set(name, execution)
    slot.chain = this.#linked(slot.chain, entryBytes(name, execution))
    const { outcome } = execution
    const bytes = OVERHEAD_BYTES + (outcome === undefined ? 0 : sizeOf(outcome))
    slot.bytes += bytes
    this.#bytes += bytes
  }

  #linked(chain: Hash, entry: Uint8Array): Hash {
    return toHex(this.#crypto.sha256(encode(entry, (writer) => writer.hash(chain).raw(entry))))
  }
}

function slotOf(untilMs: number): number {
  return Math.floor(untilMs / SLOT_MS)
}

/** A text takes far less memory than bytes of their own: the identifier as characters, then the time. */
function nameOf(id: Uint8Array, untilMs: number): string {
  return `${String.fromCharCode(...id)}${untilMs}`
}

function keyIn(name: string): OnceKey {
  const id = Uint8Array.from({ length: ONCE_ID_BYTES }, (_, i) => name.charCodeAt(i))
  return { id, untilMs: Number(name.slice(ONCE_ID_BYTES)) }
}

function sizeOf(outcome: Outcome): number {
  // What a reason takes as bytes is at most three times its length.
  return outcome.ok ? outcome.value.length : 3 * outcome.reason.length
}

/** A copy, because a value may be a part of something larger. */
function copyOf(outcome: Outcome): Outcome {
  return outcome.ok && outcome.value.length > 0 ? { ok: true, value: outcome.value.slice() } : outcome
}

/** How an outcome is told from another is a number in its bytes: its place in this list. */
const KINDS = ['forgotten', 'done', 'refused'] as const

function entryBytes(name: string, { height, index, outcome }: Execution): Uint8Array {
  const { id, untilMs } = keyIn(name)
  return encode(name, (writer) => {
    writer.varint(untilMs).raw(id).varint(height).varint(index)
    writeOutcome(writer, outcome)
  })
}

function readEntry(reader: ByteReader): { readonly key: OnceKey; readonly execution: Execution } {
  const untilMs = reader.varint()
  const key = { untilMs, id: reader.raw(ONCE_ID_BYTES) }
  const place = { height: reader.varint(), index: reader.varint(MAX_TRANSACTIONS) }
  return { key, execution: { ...place, outcome: readOutcome(reader) } }
}

function writeOutcome(writer: ByteWriter, outcome: Outcome | undefined): void {
  if (outcome === undefined) writer.varint(KINDS.indexOf('forgotten'))
  else if (outcome.ok) writer.varint(KINDS.indexOf('done')).bytes(outcome.value)
  else writer.varint(KINDS.indexOf('refused')).text(outcome.reason)
}

function readOutcome(reader: ByteReader): Outcome | undefined {
  switch (KINDS[reader.varint()]) {
    case 'forgotten':
      return undefined
    case 'done':
      return { ok: true, value: reader.bytes(MAX_REMEMBERED_BYTES).slice() }
    case 'refused':
      return { ok: false, reason: reader.text(MAX_REMEMBERED_BYTES) }
    default:
      throw new MalformedBytesError('an unknown kind of outcome')
  }
}
