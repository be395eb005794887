/** Long enough to cost nothing, short enough to stay far below the limit at which a thread counts as stalled. */
const BURST = 10_000

/**
 * Does something many times, one after the other, and rests now and then, as an actor does with
 * `context.sleep(0)`. Promises that are settled at once never return to the event loop, and a thread that
 * takes a million of them in a row stands still for everybody else on it.
 */
export async function inBursts(
  times: number,
  work: () => Promise<unknown>,
  rest: () => Promise<void>,
): Promise<void> {
  for (let done = 0; done < times; done++) {
    if (done % BURST === 0) await rest()
    await work()
  }
}
