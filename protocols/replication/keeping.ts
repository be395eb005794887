/**
 * Who wants to hear that a keeper has stored a change.
 *
 *   origin ── changes, wants ──► replica ── changes, wants ──► keeper
 *   origin ◄──── stored ──────── replica ◄──── stored ──────── keeper
 *
 * A notice may be lost: what is still wanted is told again with every digest, and a keeper answers it.
 */
import type { ReplicationLimits } from './limits.ts'

/** Stands for this replica among the ids of peers, none of which is empty. */
export const SELF = ''

export class Keeping {
  readonly #limits: ReplicationLimits
  /** Oldest first. */
  readonly #wanted = new Map<string, Set<string>>()

  constructor(limits: ReplicationLimits) {
    this.#limits = limits
  }

  /** How many changes are wanted by someone. */
  get size(): number {
    return this.#wanted.size
  }

  has(hash: string): boolean {
    return this.#wanted.has(hash)
  }

  /** @returns the change of this replica that had to be given up for it, if any */
  want(hash: string, who: string): string | undefined {
    const set = this.#wanted.get(hash)
    if (set !== undefined) {
      set.add(who)
      return undefined
    }
    this.#wanted.set(hash, new Set([who]))
    return this.#wanted.size > this.#limits.trackedHashes ? this.#giveUp() : undefined
  }

  /** Peers ask again, but this replica can't: what it does not want itself goes first. */
  #giveUp(): string | undefined {
    for (const [hash, who] of this.#wanted)
      if (!who.has(SELF)) {
        this.#wanted.delete(hash)
        return undefined
      }
    const [oldest] = this.#wanted.keys()
    this.#wanted.delete(oldest as string)
    return oldest
  }

  /** The changes are stored: who is to be told of which, each once. */
  settle(hashes: readonly string[]): Map<string, string[]> {
    const news = new Map<string, string[]>()
    for (const hash of hashes) {
      for (const who of this.#wanted.get(hash) ?? []) {
        const told = news.get(who)
        if (told === undefined) news.set(who, [hash])
        else told.push(hash)
      }
      this.#wanted.delete(hash)
    }
    return news
  }

  /** What to ask this peer for: what someone else wants. */
  wantedFrom(peer: string, among?: readonly string[]): string[] {
    const wanted: string[] = []
    for (const hash of among ?? this.#wanted.keys()) {
      if (wanted.length === this.#limits.listedHashes) break
      const who = this.#wanted.get(hash)
      if (who !== undefined && !(who.size === 1 && who.has(peer))) wanted.push(hash)
    }
    return wanted
  }

  /** The peer is gone. */
  forget(peer: string): void {
    for (const [hash, who] of this.#wanted) if (who.delete(peer) && who.size === 0) this.#wanted.delete(hash)
  }
}
