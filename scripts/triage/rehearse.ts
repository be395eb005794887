/**
 * Opinions of a member on letters that it did not learn from, all of them out of the learning half.
 *
 * The letters are divided into folds. For each fold a fresh model learns from the others and is asked
 * about this one. From such opinions the committee learns how far to trust each member, without a look
 * at the half that will be judged.
 */
import { setImmediate as nextRound } from 'node:timers/promises'
import type { Example } from '../../actors/agent/model.ts'
import { CLASSES, type SpamModel } from './members.ts'
import { logOdds } from './vote.ts'

/** Between so many inputs the event loop has its turn. */
const INPUTS_AT_ONCE = 128

/**
 * @param makeModel gives a fresh model each time
 * @returns the log-odds for spam, one per example and in the same order
 */
export async function rehearse<Input>(
  makeModel: () => SpamModel<Input>,
  examples: readonly Example<Input, string>[],
  folds: number,
  signal: AbortSignal,
): Promise<number[]> {
  const opinions: number[] = new Array(examples.length)
  for (let fold = 0; fold < folds; fold++) {
    const model = makeModel()
    await model.learn(
      examples.filter((_, i) => i % folds !== fold),
      signal,
    )
    const asked = [...examples.keys()].filter((i) => i % folds === fold)
    const answers = await opinionsOf(
      model,
      asked.map((i) => examples[i]!.input),
      signal,
    )
    for (const [n, i] of asked.entries()) opinions[i] = answers[n]!
  }
  return opinions
}

/** What a trained model thinks of each input, as log-odds for spam. */
async function opinionsOf<Input>(
  model: SpamModel<Input>,
  inputs: readonly Input[],
  signal: AbortSignal,
): Promise<number[]> {
  const opinions: number[] = []
  for (let at = 0; at < inputs.length; at += INPUTS_AT_ONCE) {
    const answers = await model.infer(inputs.slice(at, at + INPUTS_AT_ONCE), signal)
    opinions.push(...answers.map((answer) => logOdds(answer.probabilities[CLASSES.indexOf('spam')]!)))
    await nextRound()
  }
  return opinions
}
