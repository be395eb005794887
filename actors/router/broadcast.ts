import type { Actor, ActorRef, Asks, Offers, Tells } from '../../runtime/index.ts'
import { facet, send } from './facet.ts'

/** Each handler as a call to all; the results are in the order of `refs`. */
export type AsksOfAll<A> = {
  readonly [K in keyof Asks<A>]: Asks<A>[K] extends (...args: infer P) => Promise<infer R>
    ? (...args: P) => Promise<R[]>
    : never
}

/** Sends every call to all routees. */
export interface BroadcastRouter<A extends Actor> {
  /** Resolves with what all have answered. Rejects with the first error; the others have got the call all the same. */
  readonly ask: AsksOfAll<A>
  readonly tell: Tells<A>
  /** Resolves once the message is in every mailbox. */
  readonly offer: Offers<A>
  /** The same asks with a deadline of their own, in milliseconds. */
  within(ms: number): { readonly ask: AsksOfAll<A> }
  readonly refs: readonly ActorRef<A>[]
  /** Stops the routees that this router has spawned; those of `routerOver` go on. */
  stop(): Promise<void>
}

export class AllOfRouter<A extends Actor> implements BroadcastRouter<A> {
  readonly ask: AsksOfAll<A>
  readonly tell: Tells<A>
  readonly offer: Offers<A>
  readonly refs: readonly ActorRef<A>[]
  readonly #stop: () => Promise<void>

  constructor(refs: readonly ActorRef<A>[], stop: () => Promise<void>) {
    this.refs = Object.freeze([...refs])
    this.#stop = stop
    this.ask = facet((method, args) => Promise.all(this.#each(method, args, (ref) => ref.ask)))
    this.tell = facet((method, args) => void this.#each(method, args, (ref) => ref.tell))
    this.offer = facet(
      async (method, args) => void (await Promise.all(this.#each(method, args, (ref) => ref.offer))),
    )
  }

  within(ms: number): Pick<BroadcastRouter<A>, 'ask'> {
    return {
      ask: facet((method, args) => Promise.all(this.#each(method, args, (ref) => ref.within(ms).ask))),
    }
  }

  stop(): Promise<void> {
    return this.#stop()
  }

  #each(method: string, args: unknown[], facetOf: (ref: ActorRef<A>) => unknown): unknown[] {
    return this.refs.map((ref) => send(facetOf(ref), method, args))
  }
}
