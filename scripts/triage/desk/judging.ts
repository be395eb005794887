/** Brings one letter to its ending: it is parsed, and the committee is asked about its mail. */
import type { Taken } from '../team/reader.ts'
import type { Deciding } from './deciding.ts'
import type { Ending } from './ledger.ts'
import type { Parsed } from './parse-by.ts'
import type { Parsing } from './parsing.ts'

/** How a letter ends that is no mail. */
export type NoMail = Extract<Ending, { kind: 'set-aside' | 'refused' }>

export async function parseTaken(
  parsing: Parsing,
  taken: Taken,
): Promise<Extract<Parsed, { kind: 'mail' }> | NoMail> {
  if (!('raw' in taken)) return { kind: taken.refused ? 'refused' : 'set-aside', reason: taken.problem }
  const parsed = await parsing.parse(taken.raw)
  return parsed.kind === 'fell' ? { kind: 'set-aside', reason: parsed.reason } : parsed
}

export class Judging {
  readonly parsing: Parsing
  readonly deciding: Deciding

  constructor(parsing: Parsing, deciding: Deciding) {
    this.parsing = parsing
    this.deciding = deciding
  }

  /** @param spotCheck whether the meaning member is asked in any case */
  async judge(taken: Taken, spotCheck: boolean): Promise<Ending> {
    const parsed = await parseTaken(this.parsing, taken)
    if (parsed.kind !== 'mail') return parsed
    try {
      const decision = await this.deciding.decide({ mail: parsed.mail, spotCheck })
      return { kind: 'decided', decision, how: spotCheck ? 'spot-check' : 'judged' }
    } catch (error) {
      return {
        kind: 'set-aside',
        reason: `the committee came to no decision: ${(error as Error).message}`,
      }
    }
  }
}
