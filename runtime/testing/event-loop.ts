/**
 * The event loop of one simulated thread: what it has to do, in lanes. Each lane keeps its order; which
 * lane comes next is drawn by the simulation.
 *
 *   soon      what follows the running code at once, before all else
 *   lanes     deferred code, timers that are due, commands, and one lane for each link
 */
export type Task = () => void

export interface Lane {
  readonly tasks: Task[]
}

export class EventLoop {
  readonly #soon: Lane = { tasks: [] }
  readonly #deferred: Lane = { tasks: [] }
  readonly #due: Lane = { tasks: [] }
  readonly #lanes: Lane[] = [this.#deferred, this.#due]
  readonly #onTask: () => void
  readonly #onError: (error: unknown) => void
  #stalled = false
  #ended = false

  /**
   * @param onTask told that there is something to do
   * @param onError told what a task threw
   */
  constructor(onTask: () => void, onError: (error: unknown) => void) {
    this.#onTask = onTask
    this.#onError = onError
  }

  /** Whether code of this thread can run, and what it sends leaves. */
  get runs(): boolean {
    return !this.#stalled && !this.#ended
  }

  get stalled(): boolean {
    return this.#stalled
  }

  get ended(): boolean {
    return this.#ended
  }

  /** Another lane of its own order. */
  lane(): Lane {
    const lane = { tasks: [] }
    this.#lanes.push(lane)
    return lane
  }

  soon(task: Task): void {
    this.put(this.#soon, task)
  }

  defer(task: Task): void {
    this.put(this.#deferred, task)
  }

  /** A timer's time has come. */
  due(task: Task): void {
    this.put(this.#due, task)
  }

  put(lane: Lane, task: Task): void {
    if (!this.runs) return
    lane.tasks.push(task)
    this.#onTask()
  }

  /** The lanes that one may draw from now. */
  choices(): readonly Lane[] {
    if (!this.runs) return []
    if (this.#soon.tasks.length > 0) return [this.#soon]
    return this.#lanes.filter(({ tasks }) => tasks.length > 0)
  }

  /** Does the first task of a lane. */
  run(lane: Lane): void {
    const task = lane.tasks.shift() as Task
    try {
      task()
    } catch (error) {
      this.#onError(error)
    }
  }

  /** From now on it stands still, as in a handler that never returns. */
  stall(): void {
    this.#stalled = true
  }

  /** From now on there is nothing left of it. */
  end(): void {
    this.#ended = true
    for (const { tasks } of [this.#soon, ...this.#lanes]) tasks.length = 0
  }
}
