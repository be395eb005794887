/**
 * What the command line and a running node say to each other over the local control socket.
 *
 * ```
 *   client                                server
 *     │ {"id":1,"op":"trace","path":"/user/a"} │
 *     ├───────────────────────────────────────▶│
 *     │◀──────────────── {"id":1,"item":{...}} ┤  none or more
 *     │ {"id":2,"op":"cancel","of":1}          │
 *     ├───────────────────────────────────────▶│
 *     │◀──────────────────── {"id":1,"done":null} ┤  exactly one `done` or `error` per request
 * ```
 *
 * Each message is one JSON document on one line. Unknown fields are ignored on both sides, so that
 * neighbouring versions understand each other.
 */
import type { ActorInfo } from '../actor/types.ts'
import type { DeadLetterRecord, SystemDescription, SystemMetrics, TraceEvent } from './control.ts'
import { SORT_KEYS, type SortKey, type TopReading } from './top.ts'

/** Bounds of the control socket; each protects the node from its operators' tools. */
export const CONTROL_LIMITS = {
  /** Connections at a time: more than any operator needs, few enough to bound their cost. */
  clients: 16,
  /** Milliseconds in which a client beyond that can read why it is turned away. */
  turnAwayMs: 1_000,
  /** Requests under way on one connection. */
  requests: 32,
  /** Bytes of one request: a path and a few options. */
  requestBytes: 64 * 1024,
  /** Bytes of one line that a client accepts. */
  replyBytes: 16 * 1024 * 1024,
  /** Bytes that wait for a client; one that has more waiting is not reading and is dropped. */
  pendingBytes: 4 * 1024 * 1024,
  /** Milliseconds that a long reply waits for its client to read on. */
  drainMs: 10_000,
  /** Actors in one line of a long reply. */
  batch: 500,
  /** Milliseconds that a client waits for an answer. */
  answerMs: 15_000,
  /** Shortest and longest pause between two readings of `top`. */
  minEveryMs: 100,
  maxEveryMs: 3_600_000,
  /** Actors in one reading of `top`. */
  busiest: 1_000,
  /** Bytes of an answer to `ask`, as JSON. */
  answerBytes: 1024 * 1024,
  /** Levels of lists and objects in it. */
  answerDepth: 32,
  /** Characters of the name of a handler. */
  methodLength: 128,
} as const

/** Parameters, items and final value of each operation. */
export interface Operations {
  describe: { params: object; item: never; done: SystemDescription }
  metrics: { params: object; item: never; done: SystemMetrics }
  inspect: { params: { under?: string }; item: ActorInfo[]; done: null }
  deadLetters: { params: object; item: DeadLetterRecord[]; done: null }
  top: { params: { everyMs: number; sort: SortKey; limit: number }; item: TopReading; done: null }
  trace: { params: { path: string }; item: TraceEvent; done: null }
  restart: { params: { path: string }; item: never; done: null }
  stop: { params: { path: string }; item: never; done: null }
  /**
   * Calls a handler of a service's actor, which is below `/system/`, without arguments, and gives what it answers. An
   * answer is JSON data: null, true and false, finite numbers, texts, and lists and plain objects of these. Any other
   * value in it (bytes, a bigint, a date, a reference) is refused with its place, for the client could not tell
   * what it was; a field that is undefined is left out, and no answer is null.
   */
  ask: { params: { path: string; method: string }; item: never; done: unknown }
  cancel: { params: { of: number }; item: never; done: null }
}

export type OperationName = keyof Operations
export type Request = { [K in OperationName]: { id: number; op: K } & Operations[K]['params'] }[OperationName]

export interface WireError {
  code: string
  message: string
}

/**
 * `id` is null where the server could not tell which request it answers. `begun` says that an endless
 * request (`trace`, `top`) is in place, so that silence from then on means that nothing happens.
 */
export type Reply =
  | { id: number | null; begun: true }
  | { id: number | null; item: unknown }
  | { id: number | null; done: unknown }
  | { id: number | null; error: WireError }

type Check = (request: Record<string, unknown>) => string | undefined

const path: Check = (request) =>
  typeof request.path === 'string' && request.path.startsWith('/')
    ? undefined
    : '"path" has to be the path of an actor, for instance "/user/root"'

const CHECKS: { readonly [K in OperationName]: Check } = {
  describe: () => undefined,
  metrics: () => undefined,
  deadLetters: () => undefined,
  inspect: (request) => (request.under === undefined ? undefined : path({ path: request.under })),
  top: checkTop,
  trace: path,
  restart: path,
  stop: path,
  ask: (request) => path(request) ?? checkMethod(request),
  cancel: (request) => (Number.isSafeInteger(request.of) ? undefined : '"of" has to be the id of a request'),
}

function checkTop({ everyMs, sort, limit }: Record<string, unknown>): string | undefined {
  const { minEveryMs, maxEveryMs, busiest } = CONTROL_LIMITS
  if (!within(everyMs, minEveryMs, maxEveryMs))
    return `"everyMs" has to be from ${minEveryMs} to ${maxEveryMs}`
  if (!within(limit, 0, busiest)) return `"limit" has to be from 0 to ${busiest}`
  return SORT_KEYS.includes(sort as SortKey) ? undefined : `"sort" has to be one of ${SORT_KEYS.join(', ')}`
}

function checkMethod({ method }: Record<string, unknown>): string | undefined {
  const isName =
    typeof method === 'string' && method.length > 0 && method.length <= CONTROL_LIMITS.methodLength
  return isName ? undefined : '"method" has to be the name of a handler, for instance "status"'
}

function within(value: unknown, min: number, max: number): boolean {
  return typeof value === 'number' && value >= min && value <= max
}

/** Reads one line of a client; a string says what is wrong with it. */
export function parseRequest(line: string): Request | { id: number | null; problem: string } {
  const value = parseObject(line)
  if (!value) return { id: null, problem: 'a request has to be one JSON object on one line' }
  const id = Number.isSafeInteger(value.id) ? (value.id as number) : null
  if (id === null) return { id, problem: 'a request needs a whole number as its "id"' }
  if (typeof value.op !== 'string' || !Object.hasOwn(CHECKS, value.op))
    return { id, problem: `"op" has to be one of ${Object.keys(CHECKS).join(', ')}` }
  const problem = CHECKS[value.op as OperationName](value)
  return problem === undefined ? (value as unknown as Request) : { id, problem }
}

/** Reads one line of a server; undefined where it is none. */
export function parseReply(line: string): Reply | undefined {
  const value = parseObject(line)
  if (!value || !(value.id === null || Number.isSafeInteger(value.id))) return undefined
  const known = ['begun', 'item', 'done', 'error'].some((kind) => Object.hasOwn(value, kind))
  return known ? (value as unknown as Reply) : undefined
}

function parseObject(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined
  } catch {
    return undefined
  }
}
