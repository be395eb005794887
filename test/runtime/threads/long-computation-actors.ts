import { setImmediate as nextRound } from 'node:timers/promises'
import { Actor } from '../../../runtime/index.ts'

function block(ms: number): void {
  const end = performance.now() + ms
  while (performance.now() < end);
}

export class Calculator extends Actor {
  /** Computes for so long, with a look at the event loop after each slice. */
  async compute(ms: number, sliceMs: number): Promise<string> {
    for (let spent = 0; spent < ms; spent += sliceMs) {
      block(sliceMs)
      await nextRound()
    }
    return 'done'
  }

  async blockAfterAwait(): Promise<void> {
    await nextRound()
    block(60_000)
  }
}
