/**
 * What travels with a message beside its method and arguments.
 */
import type { Address } from './address.ts'

/** Who waits for whom, from the newest asker to the first; the way an ask cycle is found. */
export interface AskChain extends Address {
  readonly path: string
  readonly up: AskChain | null
}

/** What is handed on from the message being handled to the messages it causes. */
export interface Baggage {
  /** W3C trace context (`traceparent`). */
  readonly trace?: string
  /** Epoch of the owner on whose behalf this happens; a store refuses older ones. */
  readonly epoch?: number
  /** Whose permission counts. */
  readonly subject?: string
}

export interface Header {
  /** Clock time in milliseconds after which nobody waits any more; Infinity for none. */
  readonly deadline: number
  readonly chain: AskChain | null
  readonly baggage: Baggage | null
  /** How often the message was run and failed. */
  attempts: number
}

/** The link of `chain` that names `target`, where there is one. */
export function findInChain(chain: AskChain | null, target: Address): AskChain | null {
  for (let link = chain; link !== null; link = link.up)
    if (link.serial === target.serial && link.thread === target.thread) return link
  return null
}

/** `/user/a -> /user/b -> /user/a`, for the error about a cycle. */
export function describeCycle(chain: AskChain | null, target: Address, targetPath: string): string {
  const steps = [targetPath]
  for (let link = chain; link !== null; link = link.up) {
    steps.push(link.path)
    if (link.serial === target.serial && link.thread === target.thread) break
  }
  return steps.reverse().join(' -> ')
}
