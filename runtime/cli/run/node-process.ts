/** One process of a supervised node: its heartbeats, its signals, its end. */
import { type ChildProcess, spawn } from 'node:child_process'
import type { Logger } from '../../actor/types.ts'
import type { Clock } from '../../clock.ts'
import type { Ending } from './ending.ts'
import { HeartbeatWatch, type Verdict } from './heartbeat.ts'
import { RUN_LIMITS } from './limits.ts'

export class NodeProcess {
  /** Resolves when the process is gone. */
  readonly ended: Promise<Ending>
  readonly #child: ChildProcess
  readonly #log: Logger
  readonly #clock: Clock
  readonly #limitMs: number

  constructor(limitMs: number, log: Logger, clock: Clock) {
    this.#limitMs = limitMs
    this.#log = log
    this.#clock = clock
    this.#child = start()
    const done = limitMs === 0 ? () => {} : this.#listen()
    this.ended = new Promise((resolve) => {
      this.#child.once('exit', (code, signal) => {
        done()
        resolve({ code, signal })
      })
      this.#child.once('error', (error) => {
        done()
        log.error(
          { event: 'node-not-started', error: error.message },
          `the node cannot be started: ${error.message}`,
        )
        resolve({ code: 1, signal: null })
      })
    })
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  /** Passes on a second signal and does not wait for long. */
  insist(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
    this.#clock.after(RUN_LIMITS.killAfterMs, () => this.#kill())
  }

  #listen(): () => void {
    const limits = { ...RUN_LIMITS, heartbeatLimitMs: this.#limitMs }
    const watch = new HeartbeatWatch(limits, this.#clock.now())
    this.#child.on('message', () => watch.beat(this.#clock.now()))
    const timer = setInterval(() => {
      const verdict = watch.judge(this.#clock.now())
      if (verdict === 'alive') return
      clearInterval(timer)
      this.#report(verdict)
      this.#kill()
    }, limits.heartbeatEveryMs)
    return () => clearInterval(timer)
  }

  #report(verdict: Exclude<Verdict, 'alive'>): void {
    const { pid } = this.#child
    const reason =
      verdict === 'blocked'
        ? `has not answered for ${this.#limitMs} ms`
        : 'is so busy that it hardly answers (blocking code or garbage collection)'
    this.#log.error(
      { event: 'node-killed', pid, verdict },
      `the main thread of the node (pid ${pid}) ${reason}; killing it`,
    )
  }

  /** Ends the process and what it has started: it leads a process group of its own. */
  #kill(): void {
    const { pid, exitCode, signalCode } = this.#child
    if (pid === undefined || exitCode !== null || signalCode !== null) return
    try {
      process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL')
    } catch {
      this.#child.kill('SIGKILL')
    }
  }
}

/**
 * The same command without supervision. It gets a process group of its own, so that Ctrl-C in a
 * terminal reaches only the parent, which forwards it once.
 */
function start(): ChildProcess {
  const [, script = '', ...args] = process.argv
  const own = args.filter((argument) => argument !== '--supervised')
  return spawn(process.execPath, [...process.execArgv, script, ...own], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    detached: process.platform !== 'win32',
  })
}
