/**
 * What can befall the actors and threads of a test system.
 */
import { InvalidOptionError } from '../../protocols/errors.ts'
import type { Cell } from '../actor/cell.ts'
import type { Ref } from '../actor/ref.ts'
import { State } from '../actor/state.ts'
import type { ActorRef } from '../actor/types.ts'
import type { Host } from '../threads/host.ts'
import type { SimulatedThread, SimulatedThreads } from './simulated-thread.ts'

export class Faults {
  readonly #threads: SimulatedThreads
  readonly #main: () => Host

  constructor(threads: SimulatedThreads, main: () => Host) {
    this.#threads = threads
    this.#main = main
  }

  /** Returns whether the actor was running. */
  crash(ref: ActorRef, error: Error): boolean {
    const cell = this.#find(ref)
    if (cell?.state !== State.running) return false
    cell.fail({ kind: 'failed', path: cell.path, error })
    cell.host.scheduler.wake()
    return true
  }

  /** Returns whether there is such an actor now. */
  stall(ref: ActorRef): boolean {
    const { thread: number } = ref as unknown as Ref
    if (number === 0)
      throw new InvalidOptionError(
        `${ref.path} lives on the thread that started the system, which no watchdog looks after; start the test system with "threads"`,
      )
    const cell = this.#find(ref)
    if (cell === undefined) return false
    const thread = this.#threads.get(number) as SimulatedThread
    const nothing = () => undefined
    cell.host.observe({
      received: (receiver, envelope) => {
        if (receiver === cell) thread.block(cell, envelope)
      },
      ...{ sent: nothing, handled: nothing, failed: nothing },
    })
    return true
  }

  loseThread(number: number, reason: string): void {
    const thread = this.#threads.get(number)
    if (thread === undefined)
      throw new InvalidOptionError(
        `there is no thread ${number} that could be lost; the one that started the system is 0`,
      )
    thread.exit(reason)
  }

  /** The actor where it is at present. */
  #find(ref: ActorRef): Cell | undefined {
    const { cell, thread, serial } = ref as unknown as Ref
    if (cell !== null) return cell
    if (thread === 0) return this.#main().exported(serial)
    const host = this.#threads.get(thread)
    return host?.loop.runs === true ? host.host?.exported(serial) : undefined
  }
}
