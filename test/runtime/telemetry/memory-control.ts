/** A Control without a system behind it, for tests of what stands between a system and its operators. */
import { ActorGoneError } from '../../../protocols/errors.ts'
import type { ActorInfo } from '../../../runtime/actor/types.ts'
import type { Control, Counters, DeadLetterRecord, TraceEvent } from '../../../runtime/telemetry/control.ts'
import { addCounters } from '../../../runtime/telemetry/meter.ts'

export class MemoryControl implements Control {
  actors: ActorInfo[] = [actor('/user/root'), actor('/user/root/a', { mailbox: 3, turns: 10 })]
  letters: DeadLetterRecord[] = []
  readonly restarted: string[] = []
  readonly stopped: string[] = []
  readonly asked: string[] = []
  answer: unknown
  readonly tracing = new Set<(event: TraceEvent) => void>()
  messages = 0

  describe() {
    return {
      name: 'memory',
      pid: process.pid,
      version: '0.0.0',
      node: process.version,
      startedAt: 1_000,
      threads: [{ thread: 1, pool: 'default' }],
    }
  }

  async inspect(): Promise<ActorInfo[]> {
    return this.actors
  }

  async metrics() {
    this.messages += 100
    const counted = counters({ messages: this.messages, turns: this.messages })
    return {
      at: Date.now(),
      rssBytes: 50_000_000,
      threadsLost: 0,
      threads: [
        {
          thread: 1,
          pool: 'default',
          answers: true,
          actors: this.actors.length,
          heapBytes: 1_000,
          externalBytes: 10,
          utilization: 0.5,
          ...counted,
        },
      ],
      pools: [{ pool: 'default', threads: 1, actors: this.actors.length, ...counted }],
    }
  }

  deadLetters(): DeadLetterRecord[] {
    return this.letters
  }

  async trace(path: string, listener: (event: TraceEvent) => void): Promise<() => Promise<void>> {
    this.#find(path)
    this.tracing.add(listener)
    return async () => void this.tracing.delete(listener)
  }

  async restart(path: string): Promise<void> {
    this.#find(path)
    this.restarted.push(path)
  }

  async stop(path: string): Promise<void> {
    this.#find(path)
    this.stopped.push(path)
  }

  async ask(path: string, method: string): Promise<unknown> {
    this.#find(path)
    this.asked.push(`${path} ${method}`)
    return this.answer
  }

  emit(event: TraceEvent): void {
    for (const listener of this.tracing) listener(event)
  }

  #find(path: string): void {
    if (!this.actors.some((known) => known.path === path))
      throw new ActorGoneError(`there is no actor ${path}`, { target: path })
  }
}

export function actor(path: string, more: Partial<ActorInfo> = {}): ActorInfo {
  return { path, type: 'Any', thread: 1, state: 'running', mailbox: 0, turns: 0, restarts: 0, ...more }
}

export function counters(more: Partial<Counters> = {}): Counters {
  return { ...addCounters([]), ...more }
}

export function traced(method: string, args = ''): TraceEvent {
  return { at: 0, path: '/user/root/a', kind: 'received', method, args }
}
