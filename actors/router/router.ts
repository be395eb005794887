import type { Actor, ActorRef, Asks, Offers, Streams, Tells } from '../../runtime/index.ts'
import { facet, send } from './facet.ts'
import type { Strategy } from './strategy.ts'

/**
 * Looks like a reference to one routee and sends each call to the one that its strategy chooses. What a
 * call can end with is what it can end with at that routee. A routee keeps its place while its supervisor
 * restarts it; what is sent to it meanwhile waits.
 */
export interface Router<A extends Actor> {
  readonly ask: Asks<A>
  readonly tell: Tells<A>
  readonly offer: Offers<A>
  readonly stream: Streams<A>
  /** The same calls with a deadline of their own, in milliseconds; for a stream, between two items. */
  within(ms: number): { readonly ask: Asks<A>; readonly stream: Streams<A> }
  /** The routees: plain data, from which another actor makes a router of its own by `routerOver`. */
  readonly refs: readonly ActorRef<A>[]
  /** Stops the routees that this router has spawned; those of `routerOver` go on. */
  stop(): Promise<void>
}

type Facets = 'ask' | 'stream'

export class OneOfRouter<A extends Actor> implements Router<A> {
  readonly ask: Asks<A>
  readonly tell: Tells<A>
  readonly offer: Offers<A>
  readonly stream: Streams<A>
  readonly refs: readonly ActorRef<A>[]
  readonly #strategy: Strategy
  readonly #stop: () => Promise<void>

  constructor(refs: readonly ActorRef<A>[], strategy: Strategy, stop: () => Promise<void>) {
    this.refs = Object.freeze([...refs])
    this.#strategy = strategy
    this.#stop = stop
    this.ask = facet((method, args) => this.#awaited(method, args, (ref) => ref.ask))
    this.tell = facet((method, args) => this.#sent(method, args, (ref) => ref.tell))
    this.offer = facet((method, args) => this.#awaited(method, args, (ref) => ref.offer))
    this.stream = facet((method, args) => this.#sent(method, args, (ref) => ref.stream))
  }

  within(ms: number): Pick<Router<A>, Facets> {
    return {
      ask: facet((method, args) => this.#awaited(method, args, (ref) => ref.within(ms).ask)),
      stream: facet((method, args) => this.#sent(method, args, (ref) => ref.within(ms).stream)),
    }
  }

  stop(): Promise<void> {
    return this.#stop()
  }

  #sent(method: string, args: unknown[], facetOf: (ref: ActorRef<A>) => unknown): unknown {
    const ref = this.refs[this.#strategy.choose({ method, args })] as ActorRef<A>
    return send(facetOf(ref), method, args)
  }

  async #awaited(method: string, args: unknown[], facetOf: (ref: ActorRef<A>) => unknown): Promise<unknown> {
    const routee = this.#strategy.choose({ method, args })
    this.#strategy.began(routee)
    try {
      return await send(facetOf(this.refs[routee] as ActorRef<A>), method, args)
    } finally {
      this.#strategy.ended(routee)
    }
  }
}
