/**
 * What an actor's end of the bond to its supervisor can do, wherever the supervisor lives.
 */
import type { Address } from '../../protocols/address.ts'
import type { Exit } from '../../protocols/exit.ts'
import type { ChildKey } from '../../protocols/restart/strategy.ts'
import type { Cell } from '../actor/cell.ts'
import type { Links } from '../delivery/links.ts'

export interface Parent extends Address {
  /** The child failed and has been suspended; what comes next is decided here. */
  failed(cell: Cell, exit: Exit): void
  /** The child wants to end. */
  wantsToStop(cell: Cell): void
}

/** A supervisor on another thread. */
export class RemoteParent implements Parent {
  readonly thread: number
  readonly serial: number
  readonly #key: ChildKey
  readonly #links: Links

  constructor(links: Links, address: Address, key: ChildKey) {
    this.#links = links
    this.thread = address.thread
    this.serial = address.serial
    this.#key = key
  }

  failed(_cell: Cell, exit: Exit): void {
    this.#links.notice(this.thread, 'child-failed', { parent: this.serial, key: this.#key, exit })
  }

  wantsToStop(): void {
    this.#links.notice(this.thread, 'child-wants-to-stop', { parent: this.serial, key: this.#key })
  }
}
