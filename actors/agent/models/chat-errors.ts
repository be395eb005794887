import { ModelAnswerError, ModelFailedError, ModelTimeoutError } from '../errors.ts'

/** What is known about the call that failed. */
interface FailedCall {
  readonly timedOut: boolean
  readonly timeoutMs: number
  readonly model: string
  readonly sdk: typeof import('ai')
}

/** Turns whatever the AI SDK throws into the errors that callers of models know. */
export function asModelError(error: unknown, call: FailedCall): Error {
  const details = { target: call.model, cause: error }
  if (call.timedOut)
    return new ModelTimeoutError(`${call.model} did not answer within ${call.timeoutMs} ms.`, details)
  const { NoObjectGeneratedError, NoOutputGeneratedError, APICallError, RetryError } = call.sdk
  if (NoObjectGeneratedError.isInstance(error) || NoOutputGeneratedError.isInstance(error)) {
    return new ModelAnswerError(
      `${call.model} gave an answer that is not of the schema: ${innermost(error)}`,
      details,
    )
  }
  const last = RetryError.isInstance(error) ? error.lastError : error
  if (APICallError.isInstance(last)) return fromServer(last, details)
  return new ModelFailedError(`${call.model} failed: ${innermost(last)}`, details)
}

/** A status below 300 means that the server thought all was well, but sent what is no answer. */
function fromServer(
  error: Error & { statusCode?: number },
  details: { target: string; cause: unknown },
): Error {
  const status = error.statusCode
  if (status === undefined)
    return new ModelFailedError(
      `The server of ${details.target} cannot be reached: ${innermost(error)}`,
      details,
    )
  if (status < 300)
    return new ModelAnswerError(
      `The server of ${details.target} answered with what is no chat completion: ${innermost(error)}`,
      details,
    )
  return new ModelFailedError(`The server of ${details.target} answered ${status}: ${error.message}`, {
    ...details,
    status,
  })
}

/** The message at the end of the chain of causes, which is the one that says what happened. */
function innermost(error: unknown): string {
  let current = error
  for (let depth = 0; depth < 8 && current instanceof Error && current.cause !== undefined; depth++)
    current = current.cause
  return current instanceof Error ? current.message : String(current)
}
