import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { seededRandom } from '../../../actors/agent/models/random.ts'
import { HOSTILE_MAIL } from '../hostile.ts'
import type { Letter } from '../mail/source.ts'
import { POISONS, poisonedLetter } from './poison.ts'

/** Writes damaged, hostile and poisoned letters to a folder and slips them among the others, at places that the seed decides. */
export async function plantLetters(
  letters: readonly Letter[],
  folder: string,
  seed: number,
): Promise<Letter[]> {
  const random = seededRandom(seed)
  await mkdir(folder, { recursive: true })
  const mixed = [...letters]
  for (const letter of await writeLetters(folder))
    mixed.splice(Math.floor(random() * (mixed.length + 1)), 0, letter)
  return mixed
}

async function writeLetters(folder: string): Promise<Letter[]> {
  const hostile = HOSTILE_MAIL.map(({ name, build }) => ({ name: `hostile: ${name}`, build }))
  const poisoned = POISONS.map((poison) => ({
    name: `poisoned: its parser is to ${poison}`,
    build: () => poisonedLetter(poison),
  }))
  const letters: Letter[] = []
  for (const [i, { name, build }] of [...hostile, ...poisoned].entries()) {
    const file = join(folder, `${i}.eml`)
    await writeFile(file, build())
    letters.push({ id: name, file })
  }
  return letters
}
