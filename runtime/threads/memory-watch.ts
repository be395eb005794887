/**
 * Watches the resident memory of the process. Heap limits of threads don't cover ArrayBuffers and
 * native memory, so a thread that fills those is found here, and replaced before the system is.
 */

import { totalmem } from 'node:os'
import { constrainedMemory, memoryUsage } from 'node:process'
import type { Clock } from '../clock.ts'
import type { Pulses } from './pulses.ts'

const EVERY_MS = 1_000
/** Share of the machine, or of its container, where no limit is given. */
const SHARE = 0.9
/** After a replacement the memory needs some time to come back. */
const PAUSE_MS = 10_000

export class MemoryWatch {
  readonly #clock: Clock
  readonly #pulses: Pulses
  readonly #limitBytes: number
  readonly #threads: () => Iterable<number>
  readonly #onFull: (thread: number, rssMb: number, limitMb: number) => void
  #cancel: (() => void) | undefined

  constructor(
    clock: Clock,
    pulses: Pulses,
    rssMb: number,
    threads: () => Iterable<number>,
    onFull: (thread: number, rssMb: number, limitMb: number) => void,
  ) {
    this.#clock = clock
    this.#pulses = pulses
    this.#limitBytes = rssMb > 0 ? rssMb * 1024 * 1024 : machineBytes() * SHARE
    this.#threads = threads
    this.#onFull = onFull
  }

  start(afterMs = EVERY_MS): void {
    this.#cancel = this.#clock.after(afterMs, () => this.start(this.#look() ? PAUSE_MS : EVERY_MS))
  }

  stop(): void {
    this.#cancel?.()
  }

  #look(): boolean {
    const rss = memoryUsage.rss()
    if (rss <= this.#limitBytes) return false
    const largest = this.#largest()
    if (largest === undefined) return false
    this.#onFull(largest, Math.round(rss / 2 ** 20), Math.round(this.#limitBytes / 2 ** 20))
    return true
  }

  #largest(): number | undefined {
    let largest: number | undefined
    let most = -1
    for (const thread of this.#threads()) {
      const { heap, external } = this.#pulses.row(thread).memoryKb
      if (heap + external <= most) continue
      most = heap + external
      largest = thread
    }
    return largest
  }
}

function machineBytes(): number {
  const container = constrainedMemory()
  return container > 0 ? Math.min(container, totalmem()) : totalmem()
}
