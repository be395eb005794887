/**
 * How messages lie in a batch between two threads: one flat array in which each frame is its
 * operation followed by its fields. Flat arrays of primitives are what structured clone copies fastest.
 */
import type { WireRef } from '../../protocols/address.ts'
import type { Header } from '../../protocols/envelope.ts'
import type { Exit } from '../../protocols/exit.ts'
import { type Packed, pack, unpack } from '../../protocols/payload/pack.ts'
import { isTrivial } from '../../protocols/payload/scan.ts'
import { errorFromWire, errorToWire, type WireError } from '../../protocols/payload/wire-error.ts'
import type { ChildKey } from '../../protocols/restart/strategy.ts'
import type { CallKind, Envelope } from '../mailbox/envelope.ts'

/** What a frame is. */
export const Op = {
  /** A message that nobody waits for: serial, sender, method, count, arguments. */
  tell: 0,
  /** The same with references or errors inside: serial, sender, method, packed arguments. */
  tellPacked: 1,
  /** A message with a header: serial, sender, method, kind, id, header, whether packed, arguments. */
  call: 2,
  /** The result of a call: id, value. */
  reply: 3,
  /** The same with references or errors inside: id, packed value. */
  replyPacked: 4,
  /** The error of a call: id, error. */
  error: 5,
  /** A call of the control plane: id, verb, whether packed, argument. */
  control: 6,
  /** News that nobody answers: kind, packed content. */
  notice: 7,
  /** A child of the other thread's failed: serial of its parent, key, kind of the exit, error or null. */
  failed: 8,
} as const

/** The sender takes one field where there is none, else three. */
function putSender(batch: unknown[], from: Envelope['from']): void {
  if (from === null) batch.push(-1)
  else if ('ref' in from) {
    from.export()
    batch.push(from.serial, from.type.name, from.path)
  } else batch.push(from.serial, from.type, from.path)
}

export function putMessage(
  batch: unknown[],
  serial: number,
  envelope: Envelope,
  id: number,
  special: boolean,
): void {
  const { handler, args, header } = envelope
  const plain = header === null
  batch.push(plain ? (special ? Op.tellPacked : Op.tell) : Op.call, serial)
  putSender(batch, envelope.from)
  batch.push(handler.name)
  if (!plain) {
    batch.push(
      envelope.reply === null ? '' : envelope.reply.kind,
      id,
      header,
      special,
      special ? pack(args) : args,
    )
  } else if (special) batch.push(pack(args))
  else {
    batch.push(args.length)
    for (let i = 0; i < args.length; i++) batch.push(args[i])
  }
}

export function putReply(batch: unknown[], id: number, value: unknown, special: boolean): void {
  if (special) batch.push(Op.replyPacked, id, pack(value))
  else batch.push(Op.reply, id, value)
}

export function putError(batch: unknown[], id: number, error: Error): void {
  batch.push(Op.error, id, errorToWire(error))
}

export function putControl(batch: unknown[], id: number, verb: string, argument: unknown): void {
  const special = !isTrivial(argument)
  batch.push(Op.control, id, verb, special, special ? pack(argument) : argument)
}

export function putFailed(batch: unknown[], parent: number, key: ChildKey, { kind, error }: Exit): void {
  batch.push(Op.failed, parent, key, kind, error === undefined ? null : errorToWire(error))
}

export interface Call {
  kind: CallKind | ''
  id: number
  header: Header
}

/** Reads a batch from front to back. */
export class FrameReader {
  #at = 0
  readonly #batch: readonly unknown[]
  readonly #thread: number
  readonly #revive: (wire: WireRef) => unknown

  constructor(batch: readonly unknown[], thread: number, revive: (wire: WireRef) => unknown) {
    this.#batch = batch
    this.#thread = thread
    this.#revive = revive
  }

  get more(): boolean {
    return this.#at < this.#batch.length
  }

  next<T>(): T {
    return this.#batch[this.#at++] as T
  }

  sender(): WireRef | null {
    const serial = this.next<number>()
    if (serial < 0) return null
    return { thread: this.#thread, serial, type: this.next<string>(), path: this.next<string>() }
  }

  list(): unknown[] {
    const end = this.next<number>() + this.#at
    const items = this.#batch.slice(this.#at, end)
    this.#at = end
    return items
  }

  packed<T>(): T {
    return unpack(this.next<Packed>(), this.#revive) as T
  }

  call(): Call {
    return { kind: this.next(), id: this.next(), header: this.next() }
  }

  /** A value that is preceded by whether it is packed. */
  maybePacked<T>(): T {
    return this.next<boolean>() ? this.packed<T>() : this.next<T>()
  }

  error(): WireError {
    return this.next<WireError>()
  }

  /** How the child at that path failed. */
  exit(path: string): Exit {
    const kind = this.next<Exit['kind']>()
    const error = this.next<WireError | null>()
    return error === null ? { kind, path } : { kind, path, error: errorFromWire(error) }
  }
}
