/** S7: who has contradicted itself in what anyone has sent; judged apart from the code under test. */
import type { Message } from '../../../../protocols/consensus/messages.ts'
import type { PublicKey, Vote } from '../../../../protocols/consensus/types.ts'

export class Accountability {
  readonly #said = new Map<string, Vote>()
  readonly culprits = new Set<PublicKey>()

  hear(from: PublicKey, message: Message): void {
    if (message.kind !== 'vote' && message.kind !== 'proposal') return
    const { kind, epoch, view, block } = message.vote
    const key = `${from} ${epoch} ${view} ${kind}`
    const before = this.#said.get(key)
    if (before === undefined) this.#said.set(key, message.vote)
    else if (before.block !== block) this.culprits.add(from)
    const opposite = kind === 'nullify' ? 'finalize' : kind === 'finalize' ? 'nullify' : undefined
    if (opposite !== undefined && this.#said.has(`${from} ${epoch} ${view} ${opposite}`))
      this.culprits.add(from)
  }
}
