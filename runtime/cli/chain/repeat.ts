/** Asks again and again, for commands that go on until they are interrupted. */
import { setTimeout as sleep } from 'node:timers/promises'

/** Yields each answer; ends at once when the signal is aborted, also while an answer is awaited. */
export async function* repeat<T>(
  ask: () => Promise<T>,
  everyMs: number,
  signal: AbortSignal,
): AsyncGenerator<T> {
  while (!signal.aborted) {
    const answer = await unlessAborted(ask(), signal)
    if (answer === undefined) return
    yield answer.value
    // An aborted pause is over, and so is the loop.
    await sleep(everyMs, undefined, { signal }).catch(() => undefined)
  }
}

/** Resolves with undefined as soon as the signal is aborted; what comes of the promise then is nobody's concern. */
function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<{ value: T } | undefined> {
  return new Promise((resolve, reject) => {
    const end = () => resolve(undefined)
    signal.addEventListener('abort', end)
    promise
      .then((value) => resolve({ value }), reject)
      .finally(() => signal.removeEventListener('abort', end))
  })
}
