/**
 * What goes from one validator to another: the kind in one byte, then its bytes.
 *
 *   consensus   votes, proposals, certificates: a `Message`
 *   envelope    transactions of a client, spread to all so that each leader has them
 *   sync        a snapshot on its way to who is too far behind
 */
import { decode, encode } from '../../../protocols/consensus/codec/bytes.ts'
import { readEnvelope, writeEnvelope } from '../../../protocols/consensus/codec/envelope.ts'
import { decodeMessage, writeMessage } from '../../../protocols/consensus/codec/message.ts'
import { decodeSync, encodeSync, type SyncMessage } from '../../../protocols/consensus/codec/sync.ts'
import { MalformedBytesError } from '../../../protocols/consensus/errors.ts'
import type { Message } from '../../../protocols/consensus/messages.ts'
import type { Envelope } from '../../../protocols/consensus/types.ts'

export type Frame =
  | { readonly kind: 'consensus'; readonly message: Message }
  | { readonly kind: 'envelope'; readonly envelope: Envelope }
  | { readonly kind: 'sync'; readonly message: SyncMessage }

/** The place in this list is the number in the bytes. */
const KINDS: readonly Frame['kind'][] = ['consensus', 'envelope', 'sync']

export function encodeFrame(frame: Frame): Uint8Array<ArrayBuffer> {
  return encode(frame, (writer) => {
    writer.varint(KINDS.indexOf(frame.kind))
    if (frame.kind === 'envelope') writeEnvelope(writer, frame.envelope)
    else if (frame.kind === 'sync') writer.raw(encodeSync(frame.message))
    else writeMessage(writer, frame.message)
  })
}

/** By the very bytes that were sent: validators on one thread get the same ones, and what is read is never changed. */
const decoded = new WeakMap<Uint8Array, Frame>()

/** Throws MalformedBytesError for what no honest validator sends. */
export function decodeFrame(bytes: Uint8Array): Frame {
  let frame = decoded.get(bytes)
  if (frame === undefined) decoded.set(bytes, (frame = readFrame(bytes)))
  return frame
}

function readFrame(bytes: Uint8Array): Frame {
  const kind = KINDS[bytes[0] ?? KINDS.length]
  if (kind === undefined) throw new MalformedBytesError('an unknown kind of frame')
  const rest = bytes.subarray(1)
  if (kind === 'envelope') return { kind, envelope: decode(rest, readEnvelope) }
  return kind === 'sync' ? { kind, message: decodeSync(rest) } : { kind, message: decodeMessage(rest) }
}
