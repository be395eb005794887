/**
 * One direction of a link between two simulated threads. Batches arrive in the order in which they left;
 * those of different channels in any. What can't be cloned for another thread can't be posted here.
 */
import type { Carrier } from '../delivery/links.ts'
import type { EventLoop, Lane } from './event-loop.ts'

type Receive = (batch: unknown[]) => void

export class Channel implements Carrier {
  readonly #from: EventLoop
  readonly #to: EventLoop
  readonly #lane: Lane
  #receive: Receive | undefined
  /** Batches that came before anybody listened. */
  #early: unknown[][] = []

  constructor(from: EventLoop, to: EventLoop) {
    this.#from = from
    this.#to = to
    this.#lane = to.lane()
  }

  post(batch: unknown[]): void {
    const copy = structuredClone(batch)
    if (!this.#from.runs) return
    if (this.#receive === undefined) this.#early.push(copy)
    else this.#deliver(this.#receive, copy)
  }

  open(receive: Receive): void {
    this.#receive = receive
    for (const batch of this.#early) this.#deliver(receive, batch)
    this.#early = []
  }

  #deliver(receive: Receive, batch: unknown[]): void {
    this.#to.put(this.#lane, () => receive(batch))
  }
}
