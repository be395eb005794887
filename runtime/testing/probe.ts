import { deepStrictEqual } from 'node:assert/strict'
import type { ActorRef } from '../actor/types.ts'
import { NothingComesError } from './errors.ts'
import type { Inbox } from './probe-type.ts'
import type { Simulation } from './simulation.ts'

/** A message that a probe received. */
export interface ProbeMessage {
  readonly method: string
  readonly args: readonly unknown[]
  /** The actor that sent it; undefined where it was no actor. */
  readonly sender: ActorRef | undefined
  /** Milliseconds of virtual time since the start. */
  readonly at: number
}

// biome-ignore lint/suspicious/noExplicitAny: a probe has a handler of every name and type.
type AnyCalls = any

/** A reference that can stand for one to any actor. */
export interface LooseRef extends Pick<ActorRef, 'path' | 'equals' | 'toWire'> {
  readonly ask: AnyCalls
  readonly tell: AnyCalls
  readonly offer: AnyCalls
  readonly stream: AnyCalls
  within(ms: number): { readonly ask: AnyCalls; readonly stream: AnyCalls }
}

/**
 * An actor that takes any message, for a test to look at. It answers what the test tells it to, else
 * undefined.
 *
 * @typeParam R the type of its reference, where the test wants one for a certain class
 */
export class Probe<R = LooseRef> {
  readonly #simulation: Simulation
  readonly #messages: ProbeMessage[] = []
  readonly #answers = new Map<string, (...args: never[]) => unknown>()
  #read = 0
  #ref: R | undefined

  /** @internal */
  constructor(simulation: Simulation) {
    this.#simulation = simulation
  }

  /** @internal */
  readonly inbox: Inbox = (method, args, sender) => {
    this.#messages.push({ method, args, sender, at: this.#simulation.time.now })
    return this.#answers.get(method)?.(...(args as never[]))
  }

  /** @internal */
  attach(ref: R): this {
    this.#ref = ref
    return this
  }

  get ref(): R {
    return this.#ref as R
  }

  /** All that it has received, oldest first, whether it has been read or not. */
  get messages(): readonly ProbeMessage[] {
    return this.#messages
  }

  /** From now on messages of this name are answered by what `answer` returns or throws, as a handler would. */
  answer(method: string, answer: (...args: never[]) => unknown): this {
    this.#answers.set(method, answer)
    return this
  }

  /**
   * The next message that has not been read. Waits for it while anything is under way; rejects with
   * NothingComesError once the system is at rest without it. Does not move time.
   */
  async next(): Promise<ProbeMessage> {
    if (!(await this.#simulation.until(() => this.#read < this.#messages.length)))
      throw new NothingComesError(
        `the probe has read all of its ${this.#messages.length} messages, and the system is at rest at ${this.#simulation.time.now} ms; advance() moves time on`,
      )
    return this.#messages[this.#read++] as ProbeMessage
  }

  /** Reads the next message and rejects with AssertionError unless it is this one. */
  async expect(method: string, ...args: unknown[]): Promise<ProbeMessage> {
    const message = await this.next()
    deepStrictEqual({ method: message.method, args: message.args }, { method, args })
    return message
  }
}
