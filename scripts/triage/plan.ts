/** Which letters the team learns from, and which it decides on. */
import { join } from 'node:path'
import { plantLetters } from './chaos/plant.ts'
import { listDataset, splitHalves } from './mail/dataset.ts'
import { listFolder } from './mail/folder.ts'
import type { Halves } from './mail/source.ts'
import { BRIEF_MEANING, type MeaningPlan, WHOLE_MEANING } from './members.ts'

/** What the user wants. */
export interface JobOptions {
  /** A Maildir or folder of `.eml` files to decide on; without it, half of the collection. */
  readonly mail: string | undefined
  /** Whether the meaning member learns from and judges every letter, which takes longer. */
  readonly all: boolean
  /** Letters of the collection to use; all where it is left out. */
  readonly sample: number | undefined
  readonly seed: number
  /** Threads for parsers. */
  readonly threads: number
  readonly chaos: boolean
  /** How many of the validators lie. */
  readonly byzantine: number
}

export interface Plan extends Halves {
  /** Whether the letters to learn from are of the input too, and are decided on like the others. */
  readonly learnIsInput: boolean
  readonly meaning: MeaningPlan
}

/** @param folder where letters that chaos plants are put */
export async function makePlan(options: JobOptions, folder: string): Promise<Plan> {
  const { seed, sample, mail, all, chaos } = options
  const users = mail === undefined ? undefined : await listFolder(mail)
  const halves = await splitHalves(await listDataset(), { seed, sample })
  const judge = users ?? halves.judge
  return {
    learn: halves.learn,
    learnIsInput: users === undefined,
    judge: chaos ? await plantLetters(judge, join(folder, 'planted'), seed) : judge,
    meaning: all ? WHOLE_MEANING : BRIEF_MEANING,
  }
}
