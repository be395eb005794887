/**
 * Joins the keepers of two systems of one process, as the link between two nodes does over a network.
 *
 *   keeper of a ─► relay on a's starting thread ─► keeper of b
 *   keeper of a ◄─ relay on b's starting thread ◄─ keeper of b
 *
 * A relay looks to its keeper like the other one; what a network link has to be is no more than that.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import {
  Actor,
  type ActorRef,
  type ActorSystem,
  child,
  type SupervisorRef,
  ThreadLocal,
} from '../../runtime/index.ts'
import { keeperOf } from './documents.ts'
import { KEEPER_PATH, SERVICE_PATH } from './names.ts'
import type { Replica } from './replica.ts'

/** The module of the class, which every thread imports. */
export const RELAY_MODULE = import.meta.url

/** Runs code as if no actor had caused it, because in the other system nobody knows who did. */
const outside = AsyncLocalStorage.snapshot()

/** What the relays of a starting thread lead to. */
const WIRES = new ThreadLocal(() => new Map<string, ActorRef<Replica>>())

/** Stands for the keeper of another system. */
export class Relay extends Actor<Relay> {
  readonly #wire: string

  constructor(wire: string) {
    super()
    this.#wire = wire
  }

  /** The keeper has started, and knows no other nodes. */
  async keeperStarted(): Promise<void> {
    const keeper = (await this.context.lookup(KEEPER_PATH)) as ActorRef<Replica> | undefined
    keeper?.tell.connect(this.#wire, this.context.self)
  }

  /** Each keeper knows the other by the name of the link. */
  deliver(_peer: string, id: string, message: unknown): void {
    this.#forward((keeper) => keeper.tell.deliver(this.#wire, id, message))
  }

  absent(id: string): void {
    this.#forward((keeper) => keeper.tell.absent(id, this.#wire))
  }

  fetch(id: string): Promise<Uint8Array | null> {
    return new Promise((resolve, reject) => {
      this.#forward((keeper) => keeper.ask.fetch(id).then(resolve, reject))
    })
  }

  #forward(send: (keeper: ActorRef<Replica>) => unknown): void {
    const keeper = WIRES.of(this.context).get(this.#wire)
    if (keeper !== undefined) outside(() => setImmediate(() => void send(keeper)))
  }
}

let links = 0

/**
 * Keeps the documents of two systems of this process the same from now on, those that are open on both.
 * Resolves with a function that ends it.
 *
 * Rejects with ReplicasMissingError where one of them has no shared documents.
 */
export async function linkReplicas(a: ActorSystem, b: ActorSystem): Promise<() => Promise<void>> {
  const wire = `link-${++links}`
  const [left, right] = [await keeperOf(a), await keeperOf(b)]
  const ends = [await connect(a, left, right, wire), await connect(b, right, left, wire)]
  return async () => {
    for (const end of ends) await end()
  }
}

async function connect(
  system: ActorSystem,
  own: ActorRef<Replica>,
  other: ActorRef<Replica>,
  wire: string,
): Promise<() => Promise<void>> {
  WIRES.of(system).set(wire, other)
  const service = (await system.lookup(SERVICE_PATH)) as SupervisorRef
  const relay = await service.startChild(wire, child(Relay, [wire], { thread: 0 }))
  await own.ask.connect(wire, relay)
  return async () => {
    WIRES.of(system).delete(wire)
    await own.ask.disconnect(wire)
    await service.stopChild(wire)
  }
}
