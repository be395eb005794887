/**
 * What a step wants done, and how it goes on once that is done: each request has a number under which its answer comes
 * back. A crash forgets the requests, and so nothing goes on that waited for one.
 */
import type { ConsensusEffect, SignatureCheck, VoteRecord } from './events.ts'
import type { Message } from './messages.ts'
import type { PublicKey } from './types.ts'

export class Outbox {
  #effects: ConsensusEffect[] = []
  #lastToken = 0
  readonly #signed = new Map<number, (signature: Uint8Array) => void>()
  readonly #persisted = new Map<number, () => void>()
  readonly #verified = new Map<number, (valid: readonly boolean[]) => void>()

  push(effect: ConsensusEffect): void {
    this.#effects.push(effect)
  }

  send(to: PublicKey | 'all', message: Message): void {
    this.push({ kind: 'send', to, message })
  }

  sign(bytes: Uint8Array, then: (signature: Uint8Array) => void): void {
    const token = ++this.#lastToken
    this.#signed.set(token, then)
    this.push({ kind: 'sign', token, bytes })
  }

  persist(records: readonly VoteRecord[], then: () => void): void {
    const token = ++this.#lastToken
    this.#persisted.set(token, then)
    this.push({ kind: 'persist', token, records })
  }

  /** With nothing to check it goes on at once. */
  verify(checks: readonly SignatureCheck[], then: (valid: readonly boolean[]) => void): void {
    if (checks.length === 0) return then([])
    const token = ++this.#lastToken
    this.#verified.set(token, then)
    this.push({ kind: 'verify', token, checks })
  }

  signed(token: number, signature: Uint8Array): void {
    take(this.#signed, token)?.(signature)
  }

  persisted(token: number): void {
    take(this.#persisted, token)?.()
  }

  verified(token: number, valid: readonly boolean[]): void {
    take(this.#verified, token)?.(valid)
  }

  /** The effects since the last call. */
  take(): ConsensusEffect[] {
    const effects = this.#effects
    this.#effects = []
    return effects
  }
}

function take<T>(waiting: Map<number, T>, token: number): T | undefined {
  const then = waiting.get(token)
  waiting.delete(token)
  return then
}
