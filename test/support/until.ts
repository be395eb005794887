/**
 * Waiting for what comes in its own time. The bound is generous: it ends a test that would hang, and
 * measures nothing.
 */
import { setTimeout as pause } from 'node:timers/promises'

const LOOK_MS = 5

/** Resolves with the first value of `read` that is neither false nor undefined; rejects after `withinMs`. */
export async function until<T>(
  what: string,
  read: () => T | Promise<T>,
  withinMs = 8_000,
): Promise<Exclude<T, undefined | false>> {
  const end = performance.now() + withinMs
  for (;;) {
    const value = await read()
    if (value !== undefined && value !== false) return value as Exclude<T, undefined | false>
    if (performance.now() > end) throw new Error(`waited ${withinMs} ms in vain until ${what}`)
    await pause(LOOK_MS)
  }
}

/** The error that `promise` rejects with; a promise that is fulfilled fails the test. */
export async function errorOf(promise: PromiseLike<unknown>): Promise<Error & Record<string, unknown>> {
  try {
    await promise
  } catch (error) {
    return error as Error & Record<string, unknown>
  }
  throw new Error('the promise was fulfilled, and should have been rejected')
}

/** Whether `promise` has ended once all that is ready has run. */
export async function hasEnded(promise: PromiseLike<unknown>, withinMs = 50): Promise<boolean> {
  return Promise.race([
    promise.then(
      () => true,
      () => true,
    ),
    pause(withinMs, false),
  ])
}
