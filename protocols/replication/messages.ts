/**
 * What replicas of a document say to each other: plain data, cheap to send between threads.
 *
 *   sync     one step of the sync protocol: catch-up, and what to do when anything may be lost
 *   changes  new changes, the same bytes for all peers, or the answer to `ask`
 *   ask      changes that something received depends on
 *   digest   heads to compare, now and then, and changes whose storage matters to the sender
 *   stored   changes that a keeper has stored
 *   ack      nothing but the header
 *   refuse   why the sender will not talk on; readable in every version
 *
 * Each side of a connection has a session of its own, told in every message, so that a message from
 * before a restart is known as such. Messages are numbered; a number left out is a message lost.
 */
import type { ReplicationLimits } from './limits.ts'

export const REPLICATION_VERSION = 1

export interface Header {
  readonly version: number
  readonly document: string
  /** The sender's session. */
  readonly from: number
  /** The receiver's session as far as the sender knows it, or 0. */
  readonly to: number
  /** The number of this message, or 0 where it is not counted. */
  readonly seq: number
  /** The highest number that has arrived from the receiver. */
  readonly ack: number
}

export type Body =
  | {
      readonly kind: 'sync'
      readonly round: number
      readonly data: Uint8Array
      readonly heads: readonly string[]
      /** The sender knows of changes that the receiver has and it has not. */
      readonly lacks: boolean
    }
  | {
      readonly kind: 'changes'
      readonly changes: readonly Uint8Array[]
      readonly hashes: readonly string[]
      readonly wants: readonly string[]
    }
  | { readonly kind: 'ask'; readonly hashes: readonly string[] }
  | { readonly kind: 'digest'; readonly heads: readonly string[]; readonly wants: readonly string[] }
  | { readonly kind: 'stored'; readonly hashes: readonly string[] }
  | { readonly kind: 'ack' }
  | { readonly kind: 'refuse'; readonly reason: string }

export type BodyOf<K extends Body['kind']> = Extract<Body, { kind: K }>
export type Message = Header & Body
export type MessageOf<K extends Body['kind']> = Header & BodyOf<K>

const HASH = /^[0-9a-f]{64}$/
/** Characters of an explanation that is sent. */
export const REASON_LENGTH = 500
/** What a message costs besides its bytes and hashes. */
const HEADER_BYTES = 64
const HASH_BYTES = 64

/** The bytes that a message is counted with; both sides reckon alike. */
export function sizeOf(body: Body): number {
  switch (body.kind) {
    case 'sync':
      return HEADER_BYTES + body.data.byteLength + body.heads.length * HASH_BYTES
    case 'changes':
      return HEADER_BYTES + bytesOf(body.changes) + (body.hashes.length + body.wants.length) * HASH_BYTES
    case 'digest':
      return HEADER_BYTES + (body.heads.length + body.wants.length) * HASH_BYTES
    case 'ask':
    case 'stored':
      return HEADER_BYTES + body.hashes.length * HASH_BYTES
    default:
      return HEADER_BYTES
  }
}

/** Is a message numbered, and does it use up credit? What only acknowledges or refuses must always get through. */
export function isCounted({ kind }: Body): boolean {
  return kind !== 'ack' && kind !== 'refuse'
}

/** Whether a message of this version has the right shape and keeps the limits. */
export function isMessage(value: unknown, limits: ReplicationLimits): value is Message {
  if (!isRecord(value) || value.version !== REPLICATION_VERSION || typeof value.document !== 'string')
    return false
  const { from, to, seq, ack } = value
  return [from, to, seq, ack].every(isCount) && from !== 0 && isBody(value, limits)
}

function isBody(value: Record<string, unknown>, limits: ReplicationLimits): boolean {
  const hashes = (list: unknown, most = limits.listedHashes) => isHashes(list, most)
  const numbered = isCount(value.seq) && value.seq > 0
  switch (value.kind) {
    case 'sync':
      return (
        numbered &&
        isCount(value.round) &&
        isBytes(value.data, limits.messageBytes) &&
        hashes(value.heads) &&
        typeof value.lacks === 'boolean'
      )
    case 'changes':
      return numbered && isBatch(value.changes, value.hashes, limits) && hashes(value.wants)
    case 'ask':
    case 'stored':
      return numbered && hashes(value.hashes)
    case 'digest':
      return numbered && hashes(value.heads) && hashes(value.wants)
    case 'ack':
      return true
    case 'refuse':
      return typeof value.reason === 'string' && value.reason.length <= REASON_LENGTH
    default:
      return false
  }
}

function isBatch(changes: unknown, hashes: unknown, limits: ReplicationLimits): boolean {
  if (!Array.isArray(changes) || !isHashes(hashes, limits.batchChanges)) return false
  if (changes.length !== hashes.length) return false
  return (
    changes.every((bytes) => isBytes(bytes, limits.messageBytes)) && bytesOf(changes) <= limits.messageBytes
  )
}

function isHashes(value: unknown, most: number): value is string[] {
  return (
    Array.isArray(value) &&
    value.length <= most &&
    value.every((hash) => typeof hash === 'string' && HASH.test(hash))
  )
}

function isBytes(value: unknown, most: number): value is Uint8Array {
  return value instanceof Uint8Array && value.byteLength <= most
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

export function bytesOf(changes: readonly Uint8Array[]): number {
  let total = 0
  for (const bytes of changes) total += bytes.byteLength
  return total
}
