/**
 * How the instance of an actor ends, step by step, and who is told of it.
 */
import type { Exit } from '../../protocols/exit.ts'
import { toError } from '../../protocols/payload/wire-error.ts'
import { gone } from '../delivery/failures.ts'
import { inTurn } from './ambient.ts'
import type { Cell } from './cell.ts'
import type { Life } from './life.ts'
import { State } from './state.ts'

/** Waits for the turns under way, then ends what belongs to the instance: leases, partners, streams, children. */
export async function endInstance(cell: Cell, life: Life, exit: Exit, shutdownMs: number): Promise<void> {
  const { extras } = cell
  if (life.busy > 0) await untilIdle(cell, shutdownMs)
  extras.restarts++
  life.busy = 0
  extras.endLeases()
  life.host.partners.left(cell, exit)
  extras.streams?.closeAll()
  if (extras.family !== null) await extras.family.leave(exit, life.state === State.restarting)
  await runOnStop(cell, life, exit, shutdownMs)
  life.instance = null
}

function untilIdle({ extras, host }: Cell, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const cancel = host.clock.after(ms, () => done())
    const done = () => {
      cancel()
      extras.idle = null
      resolve()
    }
    extras.idle = done
  })
}

async function runOnStop(cell: Cell, { host, instance }: Life, exit: Exit, ms: number): Promise<void> {
  if (instance?.onStop === undefined) return
  try {
    const stopped = inTurn({ cell, envelope: null, from: null }, () => instance.onStop?.(exit))
    if (stopped !== undefined) await host.within(ms, stopped, `onStop of ${cell.path}`)
  } catch (error) {
    host.log.warn({ actor: cell.path, err: toError(error) }, 'onStop failed; the actor is ended all the same')
  }
}

/** What the runtime sent to the instance before is nothing to the next; readers of its streams are told. */
export function forgetSystem(cell: Cell, { mailbox }: Life): void {
  if (mailbox === null) return
  for (const { reply, handler } of mailbox.drainSystem()) reply?.reject(gone(cell.path, handler.name))
}

/** Whoever waits for the outcome of a message gets none. */
export function refuseAll(cell: Cell, life: Life): void {
  const { host, mailbox, extras } = life
  forgetSystem(cell, life)
  if (mailbox !== null)
    for (const envelope of mailbox.drain())
      host.delivery.refuse(cell.path, envelope, 'gone', gone(cell.path, envelope.handler.name))
  life.mailbox = null
  if (extras === null) return
  for (const { reply, handler } of extras.underWay ?? []) reply?.reject(gone(cell.path, handler.name, true))
  extras.underWay = null
}
