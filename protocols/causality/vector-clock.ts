/**
 * Vector clocks: how many operations of each node have been seen, so that of two moments can be said
 * which came before the other, or that neither knew of the other.
 *
 * A node that is not in a clock has the count 0, and a count of 0 is never kept, so that equal clocks have
 * equal entries.
 */
import { ClockLimitError, InvalidOptionError } from '../errors.ts'
import { checkInteger } from '../limits.ts'
import { decodeCounts, encodeCounts } from './clock-format.ts'
import { isNodeId, MAX_NODE_ID_LENGTH } from './node-id.ts'

/**
 * Nodes in one clock, sixteen times the largest cluster that neuroplex is made for, so that nodes that
 * have left may stay in it.
 */
export const MAX_CLOCK_ENTRIES = 16_384

/** `a.compare(b)`: 'before' where `b` has seen all that `a` has, and more. */
export type ComparisonResult = 'before' | 'after' | 'equal' | 'concurrent'

/** A clock that belongs to somebody else. */
export type ReadonlyVectorClock = Pick<
  VectorClock,
  'clocks' | 'get' | 'compare' | 'merge' | 'clone' | 'encode' | 'toJSON'
>

export class VectorClock {
  readonly #clocks: Map<string, number>

  /** Throws InvalidOptionError for a count or an id that can't be one, ClockLimitError for too many nodes. */
  constructor(entries: Iterable<readonly [nodeId: string, count: number]> = []) {
    this.#clocks = new Map()
    for (const [nodeId, count] of entries) {
      checkNodeId(nodeId)
      checkInteger(`the count of node "${nodeId}"`, count, 0)
      if (count > 0) this.#clocks.set(nodeId, count)
      else this.#clocks.delete(nodeId)
    }
    checkSize(this.#clocks.size)
  }

  /** Throws MalformedClockError unless `bytes` are a clock of at most `maxEntries` nodes, as `encode` writes it. */
  static decode(bytes: Uint8Array, maxEntries: number = MAX_CLOCK_ENTRIES): VectorClock {
    return VectorClock.#of(decodeCounts(bytes, Math.min(maxEntries, MAX_CLOCK_ENTRIES)))
  }

  /** Makes a clock of counts that are known to be good, which become its own. */
  static #of(counts: Map<string, number>): VectorClock {
    const clock = new VectorClock()
    for (const [nodeId, count] of counts) clock.#clocks.set(nodeId, count)
    return clock
  }

  /** The counts by node id, above 0 each. It shows later changes of this clock. */
  get clocks(): ReadonlyMap<string, number> {
    return this.#clocks
  }

  get(nodeId: string): number {
    return this.#clocks.get(nodeId) ?? 0
  }

  /** Counts one operation of `nodeId`. Throws ClockLimitError where the clock can't count it, and is unchanged. */
  tick(nodeId: string): void {
    const count = this.#clocks.get(nodeId)
    if (count === undefined) {
      checkNodeId(nodeId)
      checkSize(this.#clocks.size + 1)
    } else if (count === Number.MAX_SAFE_INTEGER)
      throw new ClockLimitError(
        `the count of node "${nodeId}" is at its largest, ${count}; the node has to go on under a new id`,
      )
    this.#clocks.set(nodeId, (count ?? 0) + 1)
  }

  /** Takes over all that `other` has seen. Throws ClockLimitError for too many nodes, and is unchanged. */
  update(other: ReadonlyVectorClock): void {
    if (this.#clocks.size + other.clocks.size > MAX_CLOCK_ENTRIES) checkSize(this.#sizeWith(other))
    for (const [nodeId, count] of other.clocks) if (count > this.get(nodeId)) this.#clocks.set(nodeId, count)
  }

  compare(other: ReadonlyVectorClock): ComparisonResult {
    let smaller = false
    let larger = false
    let common = 0
    for (const [nodeId, count] of this.#clocks) {
      const theirs = other.clocks.get(nodeId)
      if (theirs !== undefined) common++
      if (theirs === undefined || count > theirs) larger = true
      else if (count < theirs) smaller = true
      if (smaller && larger) return 'concurrent'
    }
    if (common < other.clocks.size) smaller = true
    if (smaller) return larger ? 'concurrent' : 'before'
    return larger ? 'after' : 'equal'
  }

  /** A new clock that has seen what either has: the least of those that are not before one of the two. */
  merge(other: ReadonlyVectorClock): VectorClock {
    const merged = this.clone()
    merged.update(other)
    return merged
  }

  clone(): VectorClock {
    return VectorClock.#of(this.#clocks)
  }

  /** A compact form for carriers and storage; equal clocks have equal bytes. */
  encode(): Uint8Array<ArrayBuffer> {
    return encodeCounts(this.#clocks)
  }

  /** For logs. */
  toJSON(): Record<string, number> {
    return Object.fromEntries(this.#clocks)
  }

  #sizeWith(other: ReadonlyVectorClock): number {
    let size = this.#clocks.size
    for (const nodeId of other.clocks.keys()) if (!this.#clocks.has(nodeId)) size++
    return size
  }
}

function checkNodeId(nodeId: unknown): void {
  if (!isNodeId(nodeId))
    throw new InvalidOptionError(
      `a node id has to be a well-formed text of 1 to ${MAX_NODE_ID_LENGTH} characters, not ${JSON.stringify(nodeId)}`,
    )
}

function checkSize(entries: number): void {
  if (entries > MAX_CLOCK_ENTRIES)
    throw new ClockLimitError(
      `a clock counts for at most ${MAX_CLOCK_ENTRIES} nodes; nodes that come and go need ids that they keep`,
    )
}
