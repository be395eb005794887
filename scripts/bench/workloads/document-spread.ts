/**
 * How long it takes until an edit in one replica is shown by all others, each on a thread of its own.
 * Threads of one process read the same clock.
 */
import { documents, replicas, type SharedDocument } from '../../../actors/replica/index.ts'
import { Actor } from '../../../runtime/index.ts'
import { percentile } from '../documents-load.ts'
import type { Figure } from '../figure.ts'
import { inSystem } from './system.ts'

interface Clock {
  sentMs: number
}

const PATIENCE_MS = 240_000
/** Between two edits, so that each is seen for itself. */
const PAUSE_MS = 20

export interface SpreadSizes {
  readonly [name: string]: number
  readonly replicas: number
  readonly edits: number
  /** Edits before them that aren't counted, while every thread compiles what it runs. */
  readonly warmUp: number
}

export async function run(sizes: SpreadSizes): Promise<Figure[]> {
  const edits = sizes.warmUp + sizes.edits
  const services = [replicas({ storage: 'volatile' })]
  return inSystem(import.meta.url, { threads: sizes.replicas, services }, async (system) => {
    const editor = await system.spawn(SpreadingEditor, { thread: 1 })
    const readers = await Promise.all(
      Array.from({ length: sizes.replicas - 1 }, (_, i) => system.spawn(SpreadReader, { thread: i + 2 })),
    )
    const seen = Promise.all(readers.map((reader) => reader.within(PATIENCE_MS).ask.read(edits)))
    await editor.within(PATIENCE_MS).ask.edit(edits)
    const delays = await seen
    // An edit has spread when the last replica shows it.
    const spread = Array.from({ length: edits }, (_, i) =>
      Math.max(...delays.map((each) => each[i] as number)),
    ).slice(sizes.warmUp)
    return [
      { name: 'spread p50', unit: 'ms', value: percentile(spread, 0.5) },
      { name: 'spread p99', unit: 'ms', value: percentile(spread, 0.99) },
    ]
  })
}

abstract class SpreadActor<A> extends Actor<A> {
  protected open(): Promise<SharedDocument<{ clocks: Record<string, Clock> }>> {
    return documents(this.context).open('agent-state', 'spread', { initial: { clocks: {} } })
  }
}

export class SpreadingEditor extends SpreadActor<SpreadingEditor> {
  async edit(edits: number): Promise<void> {
    const document = await this.open()
    for (let i = 0; i < edits; i++) {
      void document.change((draft) => {
        draft.clocks[i] = { sentMs: this.context.now() }
      })
      await this.context.sleep(PAUSE_MS)
    }
  }
}

export class SpreadReader extends SpreadActor<SpreadReader> {
  /** Milliseconds after which each edit was shown here. */
  async read(edits: number): Promise<number[]> {
    const document = await this.open()
    const delays: number[] = []
    for await (const { clocks } of document.watch()) {
      const now = this.context.now()
      for (let i = delays.length; clocks[i] !== undefined; i++) delays.push(now - clocks[i]!.sentMs)
      if (delays.length >= edits) break
    }
    return delays
  }
}
