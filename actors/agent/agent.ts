import { Actor, type Context, Refused } from '../../runtime/index.ts'
import { type AgentStats, RoundStats, type Step } from './round-stats.ts'

/** One input on its way through an agent. */
export interface Round {
  /** Milliseconds until the round is given up; Infinity where the agent sets no `roundMs`. */
  readonly remainingMs: number
  /** Aborts when the round's time is over. */
  readonly signal: AbortSignal
}

/**
 * The base class of agents: actors that take an input through three steps.
 *
 *     handle(input) ─▶ perceive ─ percept ─▶ think ─ thought ─▶ act ─▶ outcome
 *
 * `perceive` takes from the input what matters, `think` asks models about it, `act` does what follows.
 * Each step is a method to write, awaited or not, and gets what the one before it gave. A step that
 * throws ends the round: the asker gets the error, and the agent fails like any actor unless the error
 * is `Refused`. Models are reached by references to `Inference` actors, so that an agent's thread never
 * computes what it only waits for.
 *
 * Rounds of several inputs run side by side while they wait, because agents mostly do. A subclass whose
 * steps must not interleave says `static override reentrant = false`.
 *
 * @example
 * class Greeter extends Agent<string, string[], boolean, string> {
 *   protected override perceive(text: string) { return text.toLowerCase().split(' ') }
 *   protected override think(words: string[]) { return words.includes('hello') }
 *   protected override act(friendly: boolean) { return friendly ? 'hello to you too' : '…' }
 * }
 * await greeter.ask.handle('Hello there')
 *
 * @typeParam Self the class itself, where the type of `this.context.self` matters
 */
// biome-ignore lint/suspicious/noExplicitAny: a class that doesn't name itself gets a loosely typed self.
export abstract class Agent<Input, Percept, Thought, Outcome, Self = any> extends Actor<Self> {
  static override reentrant = true
  /** Milliseconds for one round; when they are over no further step begins. Default: no limit of its own. */
  static roundMs?: number

  readonly #stats = new RoundStats()

  /**
   * Takes one input through all three steps and gives what `act` gave.
   *
   * Rejects with what a step threw, or with Refused when the round's time was over before `act` began;
   * nothing has been done then.
   */
  async handle(input: Input): Promise<Outcome> {
    const { roundMs = Number.POSITIVE_INFINITY } = this.constructor as typeof Agent
    const round = new TimedRound(this.context, roundMs)
    this.#stats.begin()
    try {
      const percept = await this.#step('perceive', round, () => this.perceive(input, round))
      const thought = await this.#step('think', round, () => this.think(percept, round))
      const outcome = await this.#step('act', round, () => this.act(thought, round))
      this.#stats.finish()
      return outcome
    } catch (error) {
      this.#stats.fail(error instanceof Refused)
      throw error
    }
  }

  /** What the agent did since it was started last. */
  stats(): AgentStats {
    return this.#stats.read()
  }

  /** Takes from the input what matters to this agent. */
  protected abstract perceive(input: Input, round: Round): Percept | Promise<Percept>
  /** Comes to a conclusion, as a rule by asking a model. */
  protected abstract think(percept: Percept, round: Round): Thought | Promise<Thought>
  /** Does what follows from the conclusion. */
  protected abstract act(thought: Thought, round: Round): Outcome | Promise<Outcome>

  async #step<T>(step: Step, round: TimedRound, run: () => T | Promise<T>): Promise<T> {
    if (round.remainingMs <= 0) throw new Refused(`the time for the round was over before "${step}"`)
    const since = this.context.now()
    try {
      return await run()
    } finally {
      this.#stats.spent(step, this.context.now() - since)
    }
  }
}

/** What a round needs of its agent's context. */
type Time = Pick<Context<unknown>, 'now' | 'sleep'>

class TimedRound implements Round {
  readonly #time: Time
  readonly #end: number
  #abort: AbortController | undefined

  constructor(time: Time, ms: number) {
    this.#time = time
    this.#end = time.now() + ms
  }

  get remainingMs(): number {
    return Math.max(0, this.#end - this.#time.now())
  }

  /** Made when it is first wanted: most rounds need none, and each costs a timer. */
  get signal(): AbortSignal {
    if (this.#abort !== undefined) return this.#abort.signal
    const abort = new AbortController()
    this.#abort = abort
    const over = () => abort.abort(new DOMException('the time for the round is over', 'TimeoutError'))
    if (Number.isFinite(this.#end)) void this.#time.sleep(this.remainingMs).then(over)
    return abort.signal
  }
}
