/** The callers' side of a model that an `Inference` actor hosts. */
import { randomUUID } from 'node:crypto'
import type { ActorRef, NeuroplexError } from '../../runtime/index.ts'
import { InferenceError } from './errors.ts'
import type { Inference } from './inference.ts'
import type { Example, LearningReport, Model } from './model.ts'

export interface InferOptions {
  /** When it aborts, the call rejects with its reason, and the request is taken back from the model. */
  readonly signal?: AbortSignal
  /** Milliseconds for the answer; a request that waits longer is not run. Default 30 s. */
  readonly timeoutMs?: number
}

export interface RemoteModelOptions {
  /** Milliseconds for each answer; default 30 s. */
  readonly timeoutMs?: number
  /** Requests of one call that are under way at a time; the others wait on this side. Default 64. */
  readonly inFlight?: number
}

const DEFAULT_TIMEOUT_MS = 30_000
const DEFAULT_LEARN_MS = 600_000
const DEFAULT_IN_FLIGHT = 64

/**
 * Asks a hosted model for one output. Requests of many callers come together in batches there.
 *
 * Rejects with the signal's reason, or with InferenceError, whose `code` says what happened. It is a
 * `Refused`, so an actor that lets it pass refuses its own asker and lives on.
 *
 * @example const vector = await infer(encoder, 'good morning', { timeoutMs: 2_000 })
 */
export async function infer<Input, Output>(
  model: ActorRef<Inference<Input, Output>>,
  input: Input,
  options: InferOptions = {},
): Promise<Output> {
  const { signal, timeoutMs = DEFAULT_TIMEOUT_MS } = options
  signal?.throwIfAborted()
  const ref = model as unknown as ActorRef<Inference<unknown, unknown>>
  const request = { id: signal && randomUUID() }
  const asked = ref.within(timeoutMs).ask.infer(input, request) as Promise<Output>
  const answer = asked.catch((error: unknown) => {
    throw asInferenceError(error, ref.path)
  })
  if (signal === undefined) return answer
  return await unlessAborted(answer, signal, () => ref.tell.cancel(request.id as string))
}

/**
 * Has a hosted model learn, and gives its report. Rejects with InferenceError, as `infer` does.
 *
 * @param options.timeoutMs milliseconds until the caller gives up waiting; default ten minutes
 */
export async function learn<Input>(
  model: ActorRef<Inference<Input>>,
  examples: readonly Example<Input, unknown>[],
  options: { readonly timeoutMs?: number } = {},
): Promise<LearningReport> {
  const ref = model as unknown as ActorRef<Inference<unknown, unknown>>
  try {
    return await ref.within(options.timeoutMs ?? DEFAULT_LEARN_MS).ask.learn(examples)
  } catch (error) {
    throw asInferenceError(error, ref.path)
  }
}

/**
 * A hosted model behind the interface that models have in process, so that an agent can be written, and
 * tested, without knowing where its model runs. The types are the caller's word for what it hosts.
 *
 * @example const encoder = modelOf<string, Float32Array>(ref)
 */
export function modelOf<Input, Output>(
  ref: ActorRef<Inference>,
  options: RemoteModelOptions = {},
): Model<Input, Output> {
  const { timeoutMs, inFlight = DEFAULT_IN_FLIGHT } = options
  const model = ref as unknown as ActorRef<Inference<Input, Output>>
  return {
    async infer(inputs, signal) {
      const outputs: Output[] = new Array(inputs.length)
      const giveUp = new AbortController()
      const either = AbortSignal.any([signal, giveUp.signal])
      const queue = inputs.entries()
      const work = async (): Promise<void> => {
        for (const [i, input] of queue) outputs[i] = await infer(model, input, { signal: either, timeoutMs })
      }
      try {
        await Promise.all(Array.from({ length: Math.min(inFlight, inputs.length) }, work))
      } catch (error) {
        giveUp.abort(error)
        throw error
      }
      return outputs
    },
  }
}

/** The error of a call to a model as one that does not fail the actor which lets it pass. */
function asInferenceError(error: unknown, path: string): Error {
  if (error instanceof InferenceError) return error
  const { code, method, mayHaveRun } = error as Partial<NeuroplexError>
  if (typeof code !== 'string') return error as Error
  return new InferenceError(code, `${path}: ${(error as Error).message}`, {
    ...{ target: path, method, mayHaveRun },
    cause: error,
  })
}

function unlessAborted<T>(answer: Promise<T>, signal: AbortSignal, onAbort: () => void): Promise<T> {
  return new Promise((resolve, reject) => {
    const aborted = (): void => {
      onAbort()
      reject(signal.reason)
    }
    signal.addEventListener('abort', aborted, { once: true })
    answer.then(resolve, reject).finally(() => signal.removeEventListener('abort', aborted))
  })
}
