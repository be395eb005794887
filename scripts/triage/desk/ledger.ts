/**
 * What became of each letter. A letter that is taken in ends exactly once: decided, set aside, or
 * refused; so the three always sum up to the input.
 */
import type { Letter } from '../mail/source.ts'
import type { Decision } from '../team/committee.ts'

/** What is kept of a decision. */
export type Judgement = Pick<Decision, 'spam' | 'probability' | 'opinions'>

/** The decision by which a letter is kept from its reader. */
export interface Final {
  /** Its place in the chain. */
  readonly height: number
  readonly index: number
  /** From asking for it to its being final. */
  readonly ms: number
}

/** How a letter ended. */
export type Ending =
  | {
      readonly kind: 'decided'
      readonly decision: Judgement
      readonly how: 'learnt' | 'judged' | 'spot-check'
      readonly final?: Final
    }
  /** Reading it failed in a way that is nobody's plan; the letter is kept out of the way. */
  | { readonly kind: 'set-aside'; readonly reason: string; readonly final?: Final }
  /** It is no mail within the limits. */
  | { readonly kind: 'refused'; readonly reason: string }

export function finalOf(ending: Ending | undefined): Final | undefined {
  return ending === undefined || ending.kind === 'refused' ? undefined : ending.final
}

/** A letter in the ledger. */
export interface Entry {
  readonly letter: Letter
  readonly ending: Ending | undefined
}

export interface Sums {
  readonly input: number
  readonly decided: number
  readonly setAside: number
  readonly refused: number
}

/** The reason for letters that the user's interruption left undecided. */
export const INTERRUPTED = 'the job was interrupted before a decision'

const SUM_OF = { decided: 'decided', 'set-aside': 'setAside', refused: 'refused' } as const

export class Ledger {
  readonly #entries: { letter: Letter; ending: Ending | undefined }[] = []
  readonly #sums = { input: 0, decided: 0, setAside: 0, refused: 0 }

  get sums(): Sums {
    return this.#sums
  }

  get entries(): readonly Entry[] {
    return this.#entries
  }

  /** Takes a letter in; the function that it gives is to be called with its ending. Later calls are ignored. */
  takeIn(letter: Letter): (ending: Ending) => void {
    const entry = { letter, ending: undefined as Ending | undefined }
    this.#entries.push(entry)
    this.#sums.input++
    return (ending) => this.#end(entry, ending)
  }

  /** Sets aside whatever has not ended yet. */
  close(reason: string): void {
    for (const entry of this.#entries) this.#end(entry, { kind: 'set-aside', reason })
  }

  #end(entry: { ending: Ending | undefined }, ending: Ending): void {
    if (entry.ending !== undefined) return
    entry.ending = ending
    this.#sums[SUM_OF[ending.kind]]++
  }
}
