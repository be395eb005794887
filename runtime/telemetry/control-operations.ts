/** What each request of the control socket does to the system. */
import { realClock } from '../clock.ts'
import { answerData } from './answer-data.ts'
import type { Control } from './control.ts'
import { CONTROL_LIMITS, type OperationName, type Operations, type Request } from './control-protocol.ts'
import { readTop, type Snapshot } from './top.ts'

/** Where an operation puts what it has to say before it is done. */
export interface Outlet {
  /** Aborted when the client has cancelled the request or is gone. */
  readonly signal: AbortSignal
  begun(): void
  /** Hands over an item at once; a client with too much waiting is dropped. */
  item(item: unknown): void
  /** Hands over an item and waits until the client has read on. */
  itemAndWait(item: unknown): Promise<void>
}

type Done<K extends OperationName> = Promise<Operations[K]['done']>
type Of<K extends OperationName> = Extract<Request, { op: K }>

export function perform(control: Control, request: Request, out: Outlet): Promise<unknown> {
  switch (request.op) {
    case 'describe':
      return Promise.resolve(control.describe())
    case 'metrics':
      return control.metrics()
    case 'inspect':
      return inspect(control, request, out)
    case 'deadLetters':
      return batches(control.deadLetters(), out)
    case 'top':
      return top(control, request, out)
    case 'trace':
      return trace(control, request, out)
    case 'restart':
      return control.restart(request.path).then(() => null)
    case 'stop':
      return control.stop(request.path).then(() => null)
    case 'ask':
      return control.ask(request.path, request.method).then(answerData)
    case 'cancel':
      return Promise.resolve(null)
  }
}

async function inspect(control: Control, { under }: Of<'inspect'>, out: Outlet): Done<'inspect'> {
  const actors = await control.inspect()
  const chosen =
    under === undefined ? actors : actors.filter(({ path }) => path === under || path.startsWith(`${under}/`))
  return batches(chosen, out)
}

async function batches(all: readonly unknown[], out: Outlet): Promise<null> {
  const { batch } = CONTROL_LIMITS
  for (let from = 0; from < all.length && !out.signal.aborted; from += batch)
    await out.itemAndWait(all.slice(from, from + batch))
  return null
}

async function top(control: Control, { everyMs, sort, limit }: Of<'top'>, out: Outlet): Done<'top'> {
  let previous = await snapshot(control)
  out.begun()
  while (await waited(everyMs, out.signal)) {
    const next = await snapshot(control)
    await out.itemAndWait(readTop(previous, next, sort, limit))
    previous = next
  }
  return null
}

async function snapshot(control: Control): Promise<Snapshot> {
  const [metrics, actors] = await Promise.all([control.metrics(), control.inspect()])
  return { metrics, actors }
}

async function trace(control: Control, { path }: Of<'trace'>, out: Outlet): Done<'trace'> {
  const end = await control.trace(path, (event) => out.item(event))
  out.begun()
  await aborted(out.signal)
  await end()
  return null
}

/** Resolves after `ms` with true, or with false as soon as nobody waits for it any more. */
function waited(ms: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve(false)
    const finish = () => {
      cancel()
      signal.removeEventListener('abort', finish)
      resolve(!signal.aborted)
    }
    const cancel = realClock.after(ms, finish)
    signal.addEventListener('abort', finish)
  })
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}
