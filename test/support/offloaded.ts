/** Functions that the tests run on the pool for computations. */
import { isMainThread } from 'node:worker_threads'

export const notAFunction = 1

export function fibonacci(n: number): number {
  return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2)
}

export async function apart(): Promise<boolean> {
  return !isMainThread
}

export function fails(): never {
  throw Object.assign(new RangeError('too much'), { code: 'E_MUCH' })
}

export function never(): Promise<never> {
  return new Promise(() => setInterval(() => undefined, 1_000))
}

export function givesFunction(): unknown {
  return () => 1
}
