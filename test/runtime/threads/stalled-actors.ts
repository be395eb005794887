import { execFileSync } from 'node:child_process'
import { Actor } from '../../../runtime/index.ts'

/** Its lines that block are found by what they say. */
export class Thinker extends Actor<Thinker> {
  thread(): number {
    return this.context.thread
  }

  think(): void {
    ponder()
  }

  #calls = 0

  thinkOnceIn(calls: number): void {
    if (++this.#calls === calls) ponder()
  }

  async thinkLater(): Promise<void> {
    await this.context.sleep(100)
    await this.#reflect()
  }

  async #reflect(): Promise<void> {
    await this.context.sleep(1)
    for (;;) Math.random()
  }

  /** A turn that begins later than those above and is no one's fault. */
  async rest(): Promise<void> {
    await this.context.sleep(60_000)
  }

  waitForEver(): void {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
  }

  /** Blocks in native code, which nothing interrupts, for as many seconds. */
  sleepNatively(seconds: number): void {
    execFileSync('sleep', [String(seconds)])
  }

  async sleepNativelyLater(seconds: number): Promise<void> {
    await this.context.sleep(20)
    this.sleepNatively(seconds)
  }

  /** Code of nobody's turn. */
  blockOutside(): void {
    outside = true
  }
}

export class BlockingStop extends Actor {
  override onStop(): void {
    for (;;) Math.sqrt(2)
  }
}

export class BlockingStart extends Actor {
  override async onStart(): Promise<void> {
    await this.context.sleep(50)
    for (;;) Math.sqrt(3)
  }
}

function ponder(): void {
  for (;;) Math.sin(1)
}

/** Set by a turn, seen by code that belongs to none. */
let outside = false
const looking = setInterval(() => {
  if (outside) for (;;) Math.cos(1)
}, 10)
looking.unref()
