/**
 * A message on its way through one thread.
 */
import type { WireRef } from '../../protocols/address.ts'
import type { Header } from '../../protocols/envelope.ts'
import type { Handler } from '../actor/actor-type.ts'
import type { Cell } from '../actor/cell.ts'

/**
 * What is awaited of a message: of an `ask` the result of its handler, of an `offer` that it is in the
 * mailbox, of a `stream` that its iterator has been made.
 */
export type CallKind = 'ask' | 'offer' | 'stream'

/** Where the outcome of a message goes. */
export interface ReplyTo {
  readonly kind: CallKind
  /** Whether the handler was called. */
  started: boolean
  /** @param special whether references or errors are inside the value */
  resolve(value: unknown, special: boolean): void
  reject(error: Error): void
}

/** Who sent a message: an actor of this thread or of another. */
export type Sender = Cell | WireRef

export class Envelope {
  /** The message behind this one in its lane. */
  next: Envelope | null = null
  readonly handler: Handler
  readonly args: unknown[]
  /** The actor that sent it; null where it was no actor. */
  readonly from: Sender | null
  reply: ReplyTo | null
  header: Header | null

  constructor(
    handler: Handler,
    args: unknown[],
    from: Sender | null,
    reply: ReplyTo | null,
    header: Header | null,
  ) {
    this.handler = handler
    this.args = args
    this.from = from
    this.reply = reply
    this.header = header
  }
}
