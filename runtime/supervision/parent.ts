/**
 * What an actor's end of the bond to its supervisor can do, wherever the supervisor lives.
 */
import type { Address } from '../../protocols/address.ts'
import type { Exit } from '../../protocols/exit.ts'
import type { ChildKey } from '../../protocols/restart/strategy.ts'
import type { Cell } from '../actor/cell.ts'
import type { Links } from '../delivery/links.ts'
import { ELSEWHERE } from '../threads/directory.ts'

export interface Parent extends Address {
  /** Its entry in the directory of this thread, or ELSEWHERE. */
  readonly entry: number
  /** The child failed and has been suspended; what comes next is decided here. */
  failed(cell: Cell, exit: Exit): void
  /** The path of the child with this key. */
  childPath(key: ChildKey): string
  /** The child wants to end. */
  wantsToStop(cell: Cell): void
}

/** A root has nobody above it; it never fails, because it runs no code. */
export const NOBODY: Parent = {
  ...{ thread: -1, serial: 0, entry: ELSEWHERE },
  failed: () => undefined,
  wantsToStop: () => undefined,
  childPath: (key) => `/${key}`,
}

/** A supervisor on another thread. */
export class RemoteParent implements Parent {
  readonly thread: number
  readonly serial: number
  readonly entry = ELSEWHERE
  readonly #key: ChildKey
  readonly #path: string
  readonly #links: Links

  /** @param path the path of the child, whose only parent this is */
  constructor(links: Links, address: Address, key: ChildKey, path: string) {
    this.#links = links
    this.#path = path
    this.thread = address.thread
    this.serial = address.serial
    this.#key = key
  }

  failed(_cell: Cell, exit: Exit): void {
    this.#links.failed(this, this.#key, exit)
  }

  childPath(): string {
    return this.#path
  }

  wantsToStop(): void {
    this.#links.notice(this.thread, 'child-wants-to-stop', { parent: this.serial, key: this.#key })
  }
}
