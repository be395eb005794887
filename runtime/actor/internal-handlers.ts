/**
 * What the runtime itself puts into a mailbox: functions of the actor's own that run as its turns,
 * and the requests of those who read its streams.
 */
import type { Actor } from './actor.ts'
import type { Handler } from './actor-type.ts'
import { cellOf } from './bond.ts'

function internal(name: string, fn: Handler['fn'], detached = false): Handler {
  return {
    name,
    index: -1,
    fn,
    streams: false,
    plain: false,
    suspends: true,
    prompt: Number.NEGATIVE_INFINITY,
    internal: true,
    detached,
  }
}

const run = (code: () => unknown) => code()

export const TIMER = internal('(timer)', run as Handler['fn'])
export const WATCH = internal('(watch)', run as Handler['fn'])
export const TOPIC = internal('(topic)', run as Handler['fn'])

/** Asks a stream for its next items. */
export const PULL = internal(
  '(pull)',
  function (this: Actor, id: number) {
    return cellOf(this).streams.pull(id)
  } as Handler['fn'],
  true,
)

/** Tells a stream that nobody reads it any more. */
export const CANCEL = internal(
  '(cancel)',
  function (this: Actor, id: number) {
    return cellOf(this).streams.cancel(id)
  } as Handler['fn'],
  true,
)

/** Those that may arrive from another thread, by name. */
export const REMOTE_HANDLERS: ReadonlyMap<string, Handler> = new Map(
  [PULL, CANCEL].map((handler) => [handler.name, handler]),
)
