/** Which validators were found to lie. */
import { type ChainStatus, chain } from '../../../actors/validator/index.ts'
import type { Scope } from '../../../runtime/index.ts'

export interface Liar {
  readonly validator: string
  /** Pairs of votes, signed by it, that contradict each other: one of each epoch is kept. */
  readonly proofs: number
  /** What is left of its stake. */
  readonly stake: number
}

/** @param validators how many are asked, because one that was restarted may have forgotten what it saw */
export async function liarsAmong(scope: Scope, validators: number): Promise<Liar[]> {
  const asked = await Promise.allSettled(Array.from({ length: validators }, () => chain(scope).status()))
  const told = asked.flatMap((look) => (look.status === 'fulfilled' ? [look.value] : []))
  const proofs = new Map<string, Set<number>>()
  for (const { evidence } of told)
    for (const { validator, epoch } of evidence) {
      const epochs = proofs.get(validator) ?? new Set()
      proofs.set(validator, epochs.add(epoch))
    }
  return [...proofs].map(([validator, epochs]) => ({
    validator,
    proofs: epochs.size,
    stake: stakeOf(validator, told),
  }))
}

function stakeOf(validator: string, told: readonly ChainStatus[]): number {
  return Math.min(
    ...told
      .flatMap(({ validators }) => validators.filter(({ id }) => id === validator))
      .map(({ stake }) => stake),
  )
}
