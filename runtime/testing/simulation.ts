/**
 * Runs all threads of a test system in this one, a task at a time, in an order that follows from the seed.
 *
 *   loops of the threads -> draw a lane -> its first task -> promises settle -> draw again
 *
 * Each task has an immediate of the platform to itself: what its promises lead to is done before the
 * next task, and a test may simply await what it asks of the system.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import { seededRandom } from '../clock.ts'
import { RestlessError } from './errors.ts'
import { EventLoop } from './event-loop.ts'
import { VirtualTime } from './virtual-clock.ts'

/** Tasks after which a system that is still not at rest is taken for one that never will be. */
const MAX_TASKS = 20_000
/** Tasks between two timers while time moves by itself in a system that is not at rest: first many, later few. */
const TASKS_A_STEP = 1_000
const FEW_TASKS = 10
/** Timers that may fire before something that time should bring about is given up. */
const MAX_STEPS = 200_000

export class Simulation {
  readonly time = new VirtualTime()
  readonly random: () => number
  /** The loop of the thread that starts the system. */
  readonly main: EventLoop
  readonly #loops: EventLoop[] = []
  /** Code runs in the async context of the test and not of the actor that caused it. */
  readonly #outside = AsyncLocalStorage.snapshot()
  #holds = 0
  #armed = false
  #ran = 0
  #fatal: Error | undefined

  constructor(seed: number) {
    this.random = seededRandom(seed)
    this.main = this.addLoop((error) => {
      throw error
    })
  }

  addLoop(onError: (error: unknown) => void): EventLoop {
    const loop = new EventLoop(() => this.#arm(), onError)
    this.#loops.push(loop)
    return loop
  }

  /** Lets nothing else happen until `work` has ended, because it takes real time. */
  async hold<T>(work: Promise<T>): Promise<T> {
    this.#holds++
    try {
      return await work
    } finally {
      this.#holds--
      this.#arm()
    }
  }

  /** Whatever waits for the system rejects from now on. */
  fail(error: Error): void {
    this.#fatal ??= error
  }

  /** Resolves when nothing is left to do at the present time. Rejects with RestlessError where that never comes. */
  async settle(): Promise<void> {
    if (!(await this.#rest(MAX_TASKS)))
      throw new RestlessError(
        `the system did not come to rest within ${MAX_TASKS} steps: some actors keep each other busy without letting time pass; use a timer between their messages, or await something more definite than settle()`,
      )
  }

  /** Moves time on; each timer on the way finds the system at rest. */
  async advance(ms: number): Promise<void> {
    const end = this.time.now + ms
    await this.settle()
    while (this.time.next <= end) {
      this.time.fireNext()
      await this.settle()
    }
    this.time.now = end
  }

  /** Lets time move by itself until the promise settles. */
  async drive<T>(promise: Promise<T>, what: string): Promise<T> {
    let pending = true
    const ended = () => {
      pending = false
    }
    promise.then(ended, ended)
    const begin = this.#ran
    for (let steps = 0; pending && steps < MAX_STEPS; ) {
      await this.#rest(this.#ran - begin < MAX_TASKS ? TASKS_A_STEP : FEW_TASKS)
      // Where no timer is set it waits for real work, such as the import of a module.
      if (!pending || this.time.next === Number.POSITIVE_INFINITY) continue
      this.time.fireNext()
      steps++
    }
    if (pending)
      throw new RestlessError(`${what} has not ended after ${Math.round(this.time.now)} ms of virtual time`)
    return promise
  }

  /** Resolves with true as soon as the condition holds, with false once nothing is left that could bring it about. */
  async until(condition: () => boolean): Promise<boolean> {
    const limit = this.#ran + MAX_TASKS
    for (let quiet = 0; quiet < 2; quiet = this.#atRest ? quiet + 1 : 0) {
      if (condition()) return true
      if (this.#ran > limit) await this.settle()
      await nextImmediate()
    }
    return condition()
  }

  /** Whether it came to rest within so many tasks. Twice, because a promise may have caused something new. */
  async #rest(tasks: number): Promise<boolean> {
    const limit = this.#ran + tasks
    for (let quiet = 0; quiet < 2; quiet = this.#atRest ? quiet + 1 : 0) {
      if (this.#fatal !== undefined) throw this.#fatal
      if (this.#ran > limit) return false
      await nextImmediate()
    }
    return true
  }

  get #atRest(): boolean {
    return this.#holds === 0 && this.#loops.every((loop) => loop.choices().length === 0)
  }

  #arm(): void {
    if (this.#armed) return
    this.#armed = true
    this.#outside(() => setImmediate(this.#step))
  }

  readonly #step = () => {
    this.#armed = false
    if (this.#holds > 0) return
    const choices = this.#loops.flatMap((loop) => loop.choices().map((lane) => ({ loop, lane })))
    const choice = choices[Math.floor(this.random() * choices.length)]
    if (choice === undefined) return
    this.#arm()
    this.#ran++
    choice.loop.run(choice.lane)
  }

  /** Forgets the loops of threads that have ended. */
  removeLoop(loop: EventLoop): void {
    this.#loops.splice(this.#loops.indexOf(loop), 1)
  }
}

function nextImmediate(): Promise<void> {
  return new Promise((next) => void setImmediate(next))
}
