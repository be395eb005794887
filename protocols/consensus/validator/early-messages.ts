/** Messages of the next epoch that come before it has begun here. */
import type { Message } from '../messages.ts'
import type { PublicKey } from '../types.ts'

/** Of one peer. */
const MOST_PER_PEER = 16

interface Early {
  readonly from: PublicKey
  readonly message: Message
}

export class EarlyMessages {
  #messages: Early[] = []

  /** False where there is no room: for as many as if each of the `members` sent all it may, so nobody takes the room of others. */
  hold(from: PublicKey, message: Message, members: number): boolean {
    if (this.#messages.length >= MOST_PER_PEER * members) return false
    if (this.#messages.filter((early) => early.from === from).length >= MOST_PER_PEER) return false
    this.#messages.push({ from, message })
    return true
  }

  take(): readonly Early[] {
    const messages = this.#messages
    this.#messages = []
    return messages
  }
}
