/**
 * A reference to an actor of another thread, or to one that is not on this thread yet: an address and
 * what has to be known to write to it.
 */
import type { Address } from '../../protocols/address.ts'
import type { Delivery } from '../delivery/delivery.ts'
import type { ActorType } from './actor-type.ts'
import { type Facets, Ref } from './ref.ts'

export class FarRef extends Ref {
  readonly thread: number
  readonly serial: number
  readonly #facets: Facets = { ask: null, tell: null }
  readonly #delivery: Delivery
  readonly #type: ActorType
  readonly #path: string

  constructor(delivery: Delivery, { thread, serial }: Address, type: ActorType, path: string) {
    super()
    this.thread = thread
    this.serial = serial
    this.#delivery = delivery
    this.#type = type
    this.#path = path
  }

  get facets(): Facets {
    return this.#facets
  }

  get cell(): null {
    return null
  }

  get path(): string {
    return this.#path
  }

  get type(): ActorType {
    return this.#type
  }

  get delivery(): Delivery {
    return this.#delivery
  }
}
