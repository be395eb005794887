/** Tells the chain, once an epoch, how fast it was here and which parameters this validator would try next. */
import type { Genesis, Parameters } from '../../../protocols/consensus/genesis.ts'
import { optimizeParameters } from '../../../protocols/consensus/learning/optimizer.ts'
import {
  type PerformanceReport,
  type Tuning,
  tuningTransaction,
} from '../../../protocols/consensus/state/tuning.ts'
import type { Transaction } from '../../../protocols/consensus/types.ts'

/** In the last fifth of an epoch: late enough to have seen it, early enough to be in it. */
const SPOKEN_AFTER = 0.8

export class Tuner {
  readonly #genesis: Genesis
  #spokenEpoch = -1

  constructor(genesis: Genesis) {
    this.#genesis = genesis
  }

  /** Whether it is time to say something about the epoch that ends with block `last`. */
  isDue(epoch: number, height: number, last: number): boolean {
    const { ml_optimization, epoch_length } = this.#genesis
    return ml_optimization && epoch > this.#spokenEpoch && last - height < (1 - SPOKEN_AFTER) * epoch_length
  }

  /** Called once per epoch. */
  speak(
    epoch: number,
    report: PerformanceReport | undefined,
    tuning: Tuning,
    random: () => number,
  ): Transaction[] {
    this.#spokenEpoch = epoch
    if (report === undefined) return []
    const parameters = suggestionOf(tuning, this.#genesis, random)
    return [tuningTransaction({ kind: 'report', report }), tuningTransaction({ kind: 'suggest', parameters })]
  }
}

/** What to try in a coming epoch, by all that the chain has learnt. */
export function suggestionOf(tuning: Tuning, { bounds }: Genesis, random: () => number): Parameters {
  return optimizeParameters({ history: tuning.history(), next: tuning.next, bounds }, random)
}
