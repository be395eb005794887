import { Actor, type Exit, NeuroplexError } from '../../runtime/index.ts'
import { InferenceError, ModelUnavailableError } from './errors.ts'
import {
  completeInferenceOptions,
  type InferenceOptions,
  type InferenceSettings,
} from './inference-options.ts'
import { InferenceMeter, type InferenceStats } from './inference-stats.ts'
import { loadModel, trainable, writeWeights } from './load-model.ts'
import type { Example, LearningReport, Model } from './model.ts'
import { cancelledError, type Request, RequestQueue } from './request-queue.ts'

/** What may be said about a single request. */
export interface RequestOptions {
  /** By which `cancel` finds it; unique among those that wait. */
  readonly id?: string
}

/** A batch that the model works on. */
interface RunningBatch {
  readonly requests: readonly Request[]
  readonly cancelled: Set<string>
  readonly abort: AbortController
}

/**
 * An actor that hosts one model and answers single requests for it.
 *
 *     askers ── infer(x) ──▶ [ waiting, bounded ] ── batch ──▶ model.infer([x, …]) ──▶ askers
 *
 * - Requests gather until `maxBatch` of them wait or the oldest has waited `maxWaitMs`. One batch runs at
 *   a time, and none while the model learns.
 * - Beyond `maxWaiting` a request is refused at once; so is one whose deadline has passed, before it runs.
 * - A model that throws fails its batch and nothing else: the askers get MODEL_FAILED, or the model's own
 *   code, and the next batch runs. Only ModelUnavailableError, by which a model says that it can't be used
 *   any more, fails the actor, whose supervisor has the model loaded anew.
 * - What the model learnt outlives a restart where `weightsFile` or `weights` is given.
 *
 * A model may compute for seconds without a pause, so the actor belongs on threads that host no others:
 * `ActorSystem.start({ pools: { inference: { threads: 1 } } })` and `spawn(Inference, { pool: 'inference' })`.
 *
 * `infer(ref, input)` and `modelOf(ref)` are the callers' side, with types, time limits and signals.
 */
// biome-ignore lint/suspicious/noExplicitAny: the types of a model hosted elsewhere are the caller's word; see modelOf.
export class Inference<Input = any, Output = any> extends Actor<Inference<Input, Output>> {
  static override reentrant = true

  readonly #settings: InferenceSettings
  readonly #waiting: RequestQueue
  readonly #meter = new InferenceMeter()
  readonly #stopping = new AbortController()
  #model!: Model<unknown, unknown>
  #running: RunningBatch | undefined
  /** Settles when the model is free. */
  #last: Promise<unknown> = Promise.resolve()
  /** Whether the next batch runs, or will. */
  #scheduled = false
  /** Ends the wait for a batch to become full. */
  #cancelPatience: (() => void) | undefined

  constructor(options: InferenceOptions) {
    super()
    this.#settings = completeInferenceOptions(options)
    this.#waiting = new RequestQueue(this.#settings.maxWaiting)
  }

  override async onStart(): Promise<void> {
    this.#model = await loadModel(this.#settings)
  }

  override async onStop(exit: Exit): Promise<void> {
    const why = exit.error === undefined ? exit.kind : `${exit.kind}: ${exit.error.message}`
    const error = new InferenceError('MODEL_FAILED', `the model was stopped before it answered (${why})`)
    this.#stopping.abort(error)
    this.#waiting.rejectAll(error)
    await this.#model?.close?.()
  }

  /**
   * Gives the model's output for one input.
   *
   * Rejects with REFUSED where too many requests wait or it was cancelled, ASK_TIMEOUT when its deadline
   * passed first, MODEL_FAILED or a code of the model's own when the model failed on its batch.
   */
  infer(input: Input, options: RequestOptions = {}): Promise<Output> {
    const { id } = options
    const { promise, resolve, reject } = Promise.withResolvers<Output>()
    const answer = resolve as (output: unknown) => void
    const { deadline } = this.context
    const request = { input, id, deadline, arrived: this.context.now(), resolve: answer, reject }
    this.#meter.requests++
    if (this.#waiting.add(request)) {
      this.#schedule()
      this.#hurry()
    } else this.#meter.refused++
    return promise
  }

  /** Gives up a request: one that waits is not run; a batch stops when all its requests are given up. */
  cancel(id: string): void {
    if (this.#waiting.cancel(id)) this.#meter.cancelled++
    const batch = this.#running
    const request = batch?.requests.find((each) => each.id === id)
    if (batch === undefined || request === undefined || batch.cancelled.has(id)) return
    this.#meter.cancelled++
    batch.cancelled.add(id)
    request.reject(cancelledError())
    if (batch.cancelled.size === batch.requests.length) batch.abort.abort(cancelledError())
  }

  /**
   * Has the model learn, when it is free, and gives its report. What it knew before is forgotten.
   *
   * Rejects with the model's error; it knows then what it knew before.
   */
  learn(examples: readonly Example<Input, unknown>[]): Promise<LearningReport> {
    return this.#alone(async () => {
      const model = trainable(this.#model, this.#settings.model)
      const report = await model.learn(examples, this.#stopping.signal)
      await this.#keep(model.export())
      return report
    })
  }

  /** The weights, for `import` here or elsewhere. Rejects with MODEL_UNTRAINED where there are none yet. */
  export(): Promise<unknown> {
    return this.#alone(() => trainable(this.#model, this.#settings.model).export())
  }

  /** Gives the model other weights. Rejects with the model's error where they don't fit. */
  import(weights: unknown): Promise<void> {
    return this.#alone(async () => {
      trainable(this.#model, this.#settings.model).import(weights)
      await this.#keep(weights)
    })
  }

  /** What the model did since it was started last. */
  stats(): InferenceStats {
    return this.#meter.read(this.#waiting.size)
  }

  /** Sees to it that the next batch runs when it is full or the oldest request has waited long enough. */
  #schedule(): void {
    const { maxBatch, maxWaitMs } = this.#settings
    const oldest = this.#waiting.oldest
    if (oldest === undefined || this.#scheduled) return
    this.#scheduled = true
    const patience = this.#waiting.size >= maxBatch ? 0 : oldest + maxWaitMs - this.context.now()
    if (patience <= 0) return void this.#runNext()
    this.#cancelPatience = this.context.timers.after(patience, () => void this.#runNext())
  }

  /** A batch that is full need not wait any longer. */
  #hurry(): void {
    if (this.#cancelPatience === undefined || this.#waiting.size < this.#settings.maxBatch) return
    this.#cancelPatience()
    void this.#runNext()
  }

  async #runNext(): Promise<void> {
    this.#cancelPatience = undefined
    await this.#whenFree(async () => {
      const { batch, expired } = this.#waiting.take(this.#settings.maxBatch, this.context.now())
      this.#meter.expired += expired
      if (batch.length === 0) return
      this.#running = { requests: batch, cancelled: new Set(), abort: new AbortController() }
      await this.#runBatch(this.#running)
      this.#running = undefined
    })
    this.#scheduled = false
    this.#schedule()
  }

  async #runBatch({ requests, cancelled, abort }: RunningBatch): Promise<void> {
    const began = this.context.now()
    this.#meter.batchBegins(
      requests.map(({ arrived }) => arrived),
      began,
    )
    try {
      const inputs = requests.map(({ input }) => input)
      const outputs = await this.#model.infer(inputs, AbortSignal.any([abort.signal, this.#stopping.signal]))
      if (outputs.length !== requests.length)
        throw new RangeError(`it gave ${outputs.length} outputs for ${requests.length} inputs`)
      for (const [i, request] of requests.entries()) request.resolve(outputs[i])
      this.#meter.answered += requests.length - cancelled.size
    } catch (thrown) {
      const error = this.#asAnswer(thrown)
      this.#meter.failed += requests.length - cancelled.size
      for (const request of requests) request.reject(error)
    } finally {
      this.#meter.batchEnds(this.context.now() - began)
    }
  }

  /** Runs something on the model when nothing else does. */
  #whenFree<T>(work: () => T | Promise<T>): Promise<T> {
    const done = this.#last.then(work)
    this.#last = done.catch(() => undefined)
    return done
  }

  async #alone<T>(work: () => T | Promise<T>): Promise<T> {
    try {
      return await this.#whenFree(work)
    } catch (thrown) {
      throw this.#refusal(thrown)
    }
  }

  async #keep(weights: unknown): Promise<void> {
    const { weightsFile } = this.#settings
    if (weightsFile !== undefined) await writeWeights(weightsFile, weights)
  }

  /** The error that askers of a batch get. Where the model says that it can't be used any more, the actor fails of it. */
  #asAnswer(thrown: unknown): Error {
    return thrown instanceof ModelUnavailableError ? thrown : this.#refusal(thrown)
  }

  /** An error as one that leaves this actor as it is. */
  #refusal(thrown: unknown): InferenceError {
    if (thrown instanceof InferenceError) return thrown
    const code = thrown instanceof NeuroplexError ? thrown.code : 'MODEL_FAILED'
    const message = thrown instanceof Error ? thrown.message : String(thrown)
    return new InferenceError(code, `the model ${this.#settings.model} failed: ${message}`, { cause: thrown })
  }
}
