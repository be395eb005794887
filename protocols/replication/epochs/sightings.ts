/**
 * In which epoch each node was seen last, so that none is forgotten with which somebody may come back who was away:
 * whoever has begun too many since then begins no more until the other has come along, and keeps its history.
 *
 * Nodes say it of themselves and pass on what they have heard, and of two reports the newer holds, so that also those
 * know it who are not linked. It is the time table of Wuu and Bernstein (Efficient Solutions to the Replicated Log and
 * Dictionary Problems, PODC 1984), with epochs for times.
 */
import type { Lineage } from './lineage.ts'

export interface Sighting {
  readonly node: string
  /** The epoch that it was in. */
  readonly number: number
  readonly hash: string
  /** Milliseconds since 1970, by its own clock or by that of whoever was linked with it last. */
  readonly atMs: number
  /** Whether its copy outlives its process. */
  readonly lasting: boolean
}

export interface SightingLimits {
  /** Nodes that are known of one document; of more, those that were not seen for the longest time are forgotten. */
  readonly nodes: number
  /** Milliseconds that a node is waited for that was not seen any more. */
  readonly awayMs: number
  /** The same for one whose copy ends with its process. */
  readonly awayVolatileMs: number
}

export class Sightings {
  readonly #limits: SightingLimits
  readonly #last = new Map<string, Sighting>()

  constructor(limits: SightingLimits, known: readonly Sighting[] = []) {
    this.#limits = limits
    for (const sighting of known) this.#last.set(sighting.node, sighting)
  }

  get list(): readonly Sighting[] {
    return [...this.#last.values()]
  }

  of(node: string): Sighting | undefined {
    return this.#last.get(node)
  }

  /**
   * Takes in what a node has told of itself and of others; true where there is one among them that was not known.
   *
   * @param own whoever takes it in, who knows best where it is itself
   */
  take(
    told: readonly Sighting[],
    { own, teller, nowMs }: { own: string; teller: string; nowMs: number },
  ): boolean {
    let isNews = false
    for (const sighting of told) {
      const { node } = sighting
      if (node === own || this.#isAway(sighting, nowMs)) continue
      const known = this.#last.get(node)
      isNews ||= known === undefined
      // What a node says of itself is newer than all else, whatever became of its clock.
      if (known === undefined || node === teller || sighting.atMs > known.atMs)
        this.#last.set(node, { ...sighting, atMs: Math.min(sighting.atMs, nowMs) })
    }
    this.#trim()
    return isNews
  }

  /** Nothing can come of waiting for a node. */
  forget(node: string): void {
    this.#last.delete(node)
  }

  /** A node that was linked until now is not any more. */
  left(node: string, nowMs: number): void {
    const known = this.#last.get(node)
    if (known !== undefined) this.#last.set(node, { ...known, atMs: nowMs })
  }

  /**
   * How many epochs of a lineage began after the newest one in which every other node was seen: all of them where one
   * was seen in an epoch beside these. Nodes that were away for too long, and such as were seen in an epoch before all
   * that are remembered, are not waited for.
   *
   * @param linked the nodes that are there, however long ago they said where
   */
  lag(lineage: Lineage, { linked, nowMs }: { linked: ReadonlySet<string>; nowMs: number }): number {
    const after = new Map(lineage.map(({ hash }, at) => [hash, lineage.length - 1 - at]))
    let lag = 0
    for (const [node, sighting] of this.#last) {
      if (sighting.number < (lineage[0]?.number ?? 0)) continue
      if (!linked.has(node) && this.#isAway(sighting, nowMs)) this.#last.delete(node)
      else lag = Math.max(lag, after.get(sighting.hash) ?? lineage.length - 1)
    }
    return lag
  }

  #isAway({ atMs, lasting }: Sighting, nowMs: number): boolean {
    const { awayMs, awayVolatileMs } = this.#limits
    return nowMs - atMs > (lasting ? awayMs : awayVolatileMs)
  }

  #trim(): void {
    const { nodes } = this.#limits
    if (this.#last.size <= nodes) return
    const oldest = this.list.toSorted((a, b) => a.atMs - b.atMs).slice(0, this.#last.size - nodes)
    for (const { node } of oldest) this.#last.delete(node)
  }
}
