/** What a validator takes from where it runs. Every call returns at once; what takes time is answered by a call of the node. */
import type { SignatureCheck } from '../../../protocols/consensus/events.ts'
import type { PublicKey } from '../../../protocols/consensus/types.ts'

/** How its messages reach the other validators, in this process or by a network: lost ones are sent again by the protocol. */
export interface Link {
  send(to: PublicKey, frame: Uint8Array): void
  /** To all others. */
  broadcast(frame: Uint8Array): void
}

/** A record of the vote log. */
export interface KeptRecord {
  /** Grows with epochs and views. */
  readonly view: number
  readonly bytes: Uint8Array
}

/** Where votes are durable before anybody hears of them. */
export interface Journal {
  /** Answered by `persisted` once they are durable, and all that came before them. */
  append(token: number, records: readonly KeptRecord[]): void
  /** Records of views before this one are no longer needed. */
  forget(view: number): void
}

export interface Ports {
  readonly link: Link
  readonly journal: Journal
  /** Milliseconds since the epoch. */
  now(): number
  /** From 0 up to 1. */
  random(): number
  /** Which are valid, or undefined where `verified` brings the answer later. */
  verify(token: number, checks: readonly SignatureCheck[]): readonly boolean[] | undefined
  /** Calls `tick` at this time; in place of the time that was set before. */
  wakeAt(atMs: number): void
  /** Resolves after so long, or not at all where the validator ends before. */
  pause(ms: number): Promise<void>
  /** Calls `flush` once what waits for this validator already has been handled. */
  soon(): void
  /** A snapshot of this height has been taken over from the others: open the node again, which begins there. */
  startAnew(height: number): void
  /** Something that the validator can't go on without has failed. */
  failed(error: unknown): void
}
