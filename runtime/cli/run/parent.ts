/**
 * The top of the supervision tree: a process that does nothing but start the node in a process of its
 * own, listen to its heartbeats and start it again when it crashes.
 *
 * ```
 *   parent ── spawn ──▶ node ── heartbeats over IPC ──▶ parent
 *     │  crash, or no heartbeat: SIGKILL, pause, spawn
 *     │  SIGINT, SIGTERM: forwarded; the node ends in order, and the parent with it
 * ```
 */

import { backoffMs } from '../../../protocols/restart/backoff.ts'
import { RestartWindow } from '../../../protocols/restart/intensity.ts'
import type { Logger } from '../../actor/types.ts'
import { type Clock, realClock } from '../../clock.ts'
import { onSignals } from '../../signals.ts'
import { EXIT } from '../exit-codes.ts'
import { formatDuration } from '../format.ts'
import { decide, describeEnding, type Ending, exitCode } from './ending.ts'
import { RUN_LIMITS } from './limits.ts'
import { parentLog } from './log.ts'
import { NodeProcess } from './node-process.ts'
import type { RunOptions } from './options.ts'

/** Runs the node until it ends well, is stopped or crashes too often; resolves with the exit code. */
export async function superviseNode(options: RunOptions): Promise<number> {
  return await new ProcessSupervisor(options, parentLog(options), realClock).run()
}

class ProcessSupervisor {
  readonly #log: Logger
  readonly #clock: Clock
  readonly #window: RestartWindow
  readonly #heartbeatLimitMs: number
  #node: NodeProcess | undefined
  #stopping = false
  #wake: () => void = () => {}

  constructor(options: RunOptions, log: Logger, clock: Clock) {
    this.#log = log
    this.#clock = clock
    this.#window = new RestartWindow({ restarts: options.restarts, withinMs: options.within * 1_000 })
    this.#heartbeatLimitMs = options.heartbeatLimitMs
  }

  async run(): Promise<number> {
    onSignals((signal, count) => this.#stop(signal, count))
    for (;;) {
      this.#node = new NodeProcess(this.#heartbeatLimitMs, this.#log, this.#clock)
      const ending = await this.#node.ended
      this.#node = undefined
      const decision = decide(ending, this.#stopping, this.#window, this.#clock.now())
      if (decision === 'give-up') this.#reportGivingUp(ending)
      if (decision !== 'restart') return exitCode(ending)
      await this.#pause(ending)
      if (this.#stopping) return EXIT.ok
    }
  }

  #stop(signal: NodeJS.Signals, count: number): void {
    this.#stopping = true
    this.#wake()
    if (count === 1) this.#node?.signal(signal)
    else this.#node?.insist(signal)
  }

  async #pause(ending: Ending): Promise<void> {
    const count = this.#window.recent(this.#clock.now())
    const ms = Math.round(backoffMs(RUN_LIMITS.backoffMs, count, this.#clock.random()))
    this.#log.warn(
      { event: 'node-restart', ...ending, count, budget: this.#budget(), backoffMs: ms },
      `the node ended by ${describeEnding(ending)}; starting it again in ${ms} ms (restart ${count} of ${this.#budget()})`,
    )
    // The pause keeps the process alive: nothing else may be under way in it.
    await new Promise<void>((resolve) => {
      this.#wake = resolve
      setTimeout(resolve, ms)
    })
  }

  #reportGivingUp(ending: Ending): void {
    this.#log.error(
      { event: 'node-given-up', ...ending, budget: this.#budget() },
      `the node ended by ${describeEnding(ending)}; giving up, since ${this.#budget()} restarts are used up`,
    )
  }

  #budget(): string {
    const { restarts, withinMs } = this.#window.intensity
    return `${restarts} within ${formatDuration(withinMs)}`
  }
}
