/**
 * A reference in front of another, for classes whose references are more than a Ref: it has what they
 * add and leaves the rest to the one behind it.
 */
import type { Delivery } from '../delivery/delivery.ts'
import type { ActorType } from './actor-type.ts'
import type { Cell } from './cell.ts'
import { type Facets, Ref } from './ref.ts'

export class FrontRef extends Ref {
  readonly thread: number
  readonly serial: number
  readonly #facets: Facets = { ask: null, tell: null }
  readonly #behind: Ref

  constructor(behind: Ref) {
    super()
    this.thread = behind.thread
    this.serial = behind.serial
    this.#behind = behind
  }

  get facets(): Facets {
    return this.#facets
  }

  get cell(): Cell | null {
    return this.#behind.cell
  }

  get path(): string {
    return this.#behind.path
  }

  get type(): ActorType {
    return this.#behind.type
  }

  get delivery(): Delivery {
    return this.#behind.delivery
  }
}
