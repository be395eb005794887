/**
 * The wire form of errors. Structured clone drops an error's class, name and code; this keeps them,
 * with the cause, so that an error looks the same to an asker on any thread.
 */
import * as errors from '../errors.ts'

export interface WireError {
  name: string
  message: string
  stack?: string
  code?: string | number
  target?: string
  method?: string
  mayHaveRun?: boolean
  cause?: WireError | { value: unknown }
}

/** Causes nested deeper are dropped; a chain that long is a loop. */
const MAX_CAUSES = 16

export function errorToWire(error: Error, depth = 0): WireError {
  const { code, target, method, mayHaveRun } = error as Partial<errors.NeuroplexError>
  const wire: WireError = { name: String(error.name), message: String(error.message) }
  if (typeof error.stack === 'string') wire.stack = error.stack
  if (typeof code === 'string' || typeof code === 'number') wire.code = code
  if (typeof target === 'string') wire.target = target
  if (typeof method === 'string') wire.method = method
  if (typeof mayHaveRun === 'boolean') wire.mayHaveRun = mayHaveRun
  if (error.cause !== undefined && depth < MAX_CAUSES) wire.cause = causeToWire(error.cause, depth)
  return wire
}

function causeToWire(cause: unknown, depth: number): WireError | { value: unknown } {
  if (cause instanceof Error) return errorToWire(cause, depth + 1)
  return { value: cloneOrText(cause) }
}

/** A cause is a help for people: what can't travel arrives as its text. */
function cloneOrText(value: unknown): unknown {
  try {
    return structuredClone(value)
  } catch {
    return textOf(value)
  }
}

/** Some objects can't be turned into a text, such as one without a prototype. */
function textOf(value: unknown): string {
  try {
    return String(value)
  } catch {
    return 'an object without a text'
  }
}

type ErrorClass = new (message: string, details?: errors.ErrorDetails) => Error

/** Our own classes, by name; found here so that `instanceof` holds on the asker's thread too. */
const OWN = new Map<string, ErrorClass>(
  Object.entries(errors).filter(([name]) => name !== 'NeuroplexError') as [string, ErrorClass][],
)

const BUILTIN = new Map<string, ErrorConstructor>(
  [EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError].map((type) => [
    type.name,
    type as ErrorConstructor,
  ]),
)

export function errorFromWire(wire: WireError): Error {
  const cause = wire.cause === undefined ? undefined : causeFromWire(wire.cause)
  if (wire.stack === undefined) return construct(wire, cause)
  const error = withoutStack(() => construct(wire, cause))
  define(error, 'stack', wire.stack)
  return error
}

/** The stack of this place would cost more than all else of the error, and says nothing. */
function withoutStack(make: () => Error): Error {
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = 0
  try {
    return make()
  } finally {
    Error.stackTraceLimit = stackTraceLimit
  }
}

function construct(wire: WireError, cause: unknown): Error {
  const own = OWN.get(wire.name)
  if (own !== undefined) {
    const { target, method, mayHaveRun } = wire
    return new own(wire.message, { target, method, mayHaveRun, cause })
  }
  const type = BUILTIN.get(wire.name) ?? Error
  const error = cause === undefined ? new type(wire.message) : new type(wire.message, { cause })
  if (error.name !== wire.name) define(error, 'name', wire.name)
  for (const key of ['code', 'target', 'method', 'mayHaveRun'] as const)
    if (wire[key] !== undefined) Object.assign(error, { [key]: wire[key] })
  return error
}

function causeFromWire(cause: WireError | { value: unknown }): unknown {
  return 'value' in cause ? cause.value : errorFromWire(cause)
}

function define(error: Error, key: string, value: string): void {
  Object.defineProperty(error, key, { value, writable: true, configurable: true, enumerable: false })
}

/** Whatever was thrown, as an Error. */
export function toError(thrown: unknown): Error {
  return thrown instanceof Error
    ? thrown
    : new Error(`a value that is no Error was thrown: ${textOf(thrown)}`, { cause: thrown })
}
