/**
 * A thread of the platform that hosts actors.
 */
import type { EventLoopUtilization } from 'node:perf_hooks'
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads'
import type { Carrier } from '../delivery/links.ts'
import { inspect, type Standstill, startInspector } from './inspector.ts'
import type { Boot, Command, Loss, Report, Thread, ThreadEvents, ThreadFactory } from './thread.ts'

/** The file beside this one, under the extension that this one has: `.ts` in development, `.js` once built. */
const ENTRY = new URL(`./worker${import.meta.url.slice(import.meta.url.lastIndexOf('.'))}`, import.meta.url)

export const workerThreads: ThreadFactory = {
  start: (boot, events) => new WorkerThread(boot, events),
  join(a, b) {
    const { port1, port2 } = new MessageChannel()
    ;(a.thread as WorkerThread).open(b.number, port1)
    ;(b.thread as WorkerThread).open(a.number, port2)
  },
}

class WorkerThread implements Thread {
  readonly carrier: Carrier
  readonly ended: Promise<void>
  readonly #worker: Worker
  readonly #port: MessagePort
  #load: EventLoopUtilization

  constructor(boot: Boot, events: ThreadEvents) {
    const { port1, port2 } = new MessageChannel()
    this.#port = port1
    this.#worker = new Worker(ENTRY, {
      name: `neuroplex-${boot.thread}`,
      workerData: { boot, port: port2 },
      transferList: [port2],
      resourceLimits: boot.maxHeapMb === undefined ? {} : { maxOldGenerationSizeMb: boot.maxHeapMb },
    })
    this.carrier = { post: (batch) => port1.postMessage(batch) }
    this.#load = this.#worker.performance.eventLoopUtilization()
    let reason = 'it ended by itself'
    this.#worker.on('message', (report: Report) => events.report(report))
    this.#worker.on('error', (error: NodeJS.ErrnoException) => {
      reason = describe(error)
    })
    this.ended = new Promise((resolve) => {
      this.#worker.on('exit', () => {
        port1.close()
        events.exit(reason)
        resolve()
      })
    })
    this.#worker.unref()
    port1.unref()
  }

  onBatch(receive: (batch: unknown[]) => void): void {
    this.#port.on('message', receive)
    this.#port.unref()
  }

  open(thread: number, port: MessagePort): void {
    this.#command({ kind: 'open', thread, port }, [port])
  }

  lost(loss: Loss): void {
    this.#command({ kind: 'lost', ...loss })
  }

  nudge(): void {
    this.#command({ kind: 'nudge' })
    startInspector()
  }

  standstill(): Promise<Standstill> {
    return inspect(this.#worker.threadId)
  }

  stop(): void {
    this.#command({ kind: 'stop' })
  }

  async terminate(): Promise<void> {
    await this.#worker.terminate()
  }

  utilization(): number {
    const before = this.#load
    this.#load = this.#worker.performance.eventLoopUtilization()
    const idle = this.#load.idle - before.idle
    const active = this.#load.active - before.active
    return idle + active > 0 ? active / (idle + active) : 0
  }

  #command(command: Command, transfer: MessagePort[] = []): void {
    this.#worker.postMessage(command, transfer)
  }
}

function describe(error: NodeJS.ErrnoException): string {
  if (error.code === 'ERR_WORKER_OUT_OF_MEMORY') return 'its heap was full'
  return `uncaught ${error.name ?? 'error'}: ${error.message ?? String(error)}`
}
