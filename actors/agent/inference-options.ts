import { InvalidOptionError } from '../../runtime/index.ts'

/** Which model an `Inference` actor hosts, and how it takes requests. Plain data. */
export interface InferenceOptions {
  /** File URL of the module that exports the model's class, as `import.meta.resolve` gives it. */
  readonly module: string
  /** The name under which it exports the class. */
  readonly model: string
  /** What the class is constructed with. */
  readonly options?: unknown
  /** Requests that go to the model at once, at most. */
  readonly maxBatch?: number
  /** Milliseconds that a request waits for others to come along; 0 takes what is there. */
  readonly maxWaitMs?: number
  /** Requests that may wait for the model; more are refused. */
  readonly maxWaiting?: number
  /** Weights that it has from its start, and after each restart. */
  readonly weights?: unknown
  /**
   * A file in which it keeps what it learns: written after each `learn` and `import`, read at each start.
   * Without one, what it learnt is gone when its thread is lost. The file is this Node version's own
   * format and has to come from nobody else.
   */
  readonly weightsFile?: string
}

export type InferenceSettings = InferenceOptions &
  Required<Pick<InferenceOptions, 'maxBatch' | 'maxWaitMs' | 'maxWaiting'>>

/** A batch of 32 keeps a server or a matrix product busy; 5 ms are little beside an inference. */
const DEFAULTS = { maxBatch: 32, maxWaitMs: 5, maxWaiting: 1_000 }

/** Fills in the defaults. Throws InvalidOptionError that names the field. */
export function completeInferenceOptions(given: InferenceOptions): InferenceSettings {
  for (const field of ['module', 'model'] as const)
    if (typeof given?.[field] !== 'string' || given[field] === '')
      throw new InvalidOptionError(`an Inference actor needs "${field}", a text that is not empty`)
  const settings = { ...DEFAULTS, ...given }
  checkWhole('maxBatch', settings.maxBatch, 1)
  checkWhole('maxWaiting', settings.maxWaiting, 1)
  checkWhole('maxWaitMs', settings.maxWaitMs, 0)
  return settings
}

function checkWhole(name: string, value: unknown, least: number): void {
  if (Number.isSafeInteger(value) && (value as number) >= least) return
  throw new InvalidOptionError(`${name} has to be a whole number of ${least} or more, not ${String(value)}`)
}
