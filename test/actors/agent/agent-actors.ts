/** Agents and models for the tests of this folder, as threads find them. */
import { Agent, type Round } from '../../../actors/agent/agent.ts'
import { ModelUnavailableError } from '../../../actors/agent/errors.ts'
import { infer } from '../../../actors/agent/infer.ts'
import type { Inference } from '../../../actors/agent/inference.ts'
import type { Example, LearningReport, Model, TrainableModel } from '../../../actors/agent/model.ts'
import { Actor, type ActorRef, Refused } from '../../../runtime/index.ts'

export { Inference } from '../../../actors/agent/inference.ts'

/** Counts the words of a text: one step awaits, the others don't. */
export class Counter extends Agent<string, string[], number, string> {
  protected override perceive(text: string): string[] {
    if (text === '') throw new Refused('there is nothing to count')
    if (text === 'crash') throw new TypeError('the agent tripped')
    return text.split(' ')
  }

  protected override async think(words: string[]): Promise<number> {
    return words.length
  }

  protected override act(count: number): string {
    return `${count} words`
  }
}

/** Thinks for longer than its rounds may take. */
export class Brooder extends Agent<number, number, number, string> {
  static override roundMs = 50
  protected override perceive(ms: number): number {
    return ms
  }

  protected override async think(ms: number): Promise<number> {
    await this.context.sleep(ms)
    return ms
  }

  protected override act(ms: number): string {
    return `thought for ${ms} ms`
  }
}

/** Waits in each round until its time is over. */
export class Waiter extends Agent<number, number, number, number> {
  static override roundMs = 50
  protected override perceive(input: number): number {
    return input
  }

  protected override async think(input: number, { signal }: Round): Promise<number> {
    await new Promise((over) => signal.addEventListener('abort', over))
    return input
  }

  protected override act(input: number): number {
    return input
  }
}

/** Asks a hosted model. */
export class Doubler extends Agent<number, number, number, number> {
  readonly #model: ActorRef<Inference<number, number>>

  constructor(model: ActorRef<Inference<number, number>>) {
    super()
    this.#model = model
  }

  protected override perceive(input: number): number {
    return input
  }

  protected override think(percept: number): Promise<number> {
    return infer(this.#model, percept, { timeoutMs: 20_000 })
  }

  protected override act(thought: number): number {
    return thought
  }
}

interface ScaleOptions {
  readonly factor: number
  /** Milliseconds for a batch. */
  readonly ms?: number
}

/** Multiplies, and misbehaves on certain inputs. */
export class ScaleModel implements Model<number, number> {
  readonly #options: ScaleOptions

  constructor(options: ScaleOptions) {
    this.#options = options
  }

  async infer(inputs: readonly number[], signal: AbortSignal): Promise<number[]> {
    const { factor, ms = 0 } = this.#options
    if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms))
    signal.throwIfAborted()
    if (inputs.includes(-1)) throw new RangeError('no negative numbers')
    if (inputs.includes(-2)) throw new ModelUnavailableError('the weights are corrupt')
    if (inputs.includes(-3)) return []
    return inputs.map((input) => input * factor)
  }
}

/** Learns a number to add. */
export class OffsetModel implements TrainableModel<number, number, number, number> {
  #offset = 0

  async learn(examples: readonly Example<number, number>[]): Promise<LearningReport> {
    if (examples.length === 0) throw new RangeError('nothing to learn from')
    this.#offset = examples[0]!.label - examples[0]!.input
    return { examples: examples.length, epochs: 1, loss: 0 }
  }

  infer(inputs: readonly number[]): number[] {
    return inputs.map((input) => input + this.#offset)
  }

  export(): number {
    return this.#offset
  }

  import(offset: number): void {
    this.#offset = offset
  }
}

export const notAClass = 1
export class NotAModel {}

/** Ends its thread, as a crash of native code would. */
export class Saboteur extends Actor {
  strike(): void {
    process.exit(1)
  }
}
