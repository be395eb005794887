/** Files that are not as they were written: kept under another name for people to look at, and never read again. */
import { copyFile, open, readdir, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { synchronise } from '../data-folder.ts'

const NAME = /\.damaged-(\d+)$/

export class Aside {
  /** A sentence for each, that says what follows. */
  readonly told: string[] = []
  readonly #folder: string
  readonly #kept: number

  constructor(folder: string, kept: number) {
    this.#folder = folder
    this.#kept = kept
  }

  /** The whole file. */
  async move(path: string, problem: string): Promise<void> {
    const aside = await this.#pathFor(path)
    await rename(path, aside)
    synchronise(dirname(path))
    await this.#tell(path, aside, problem)
  }

  /** Keeps a copy and cuts the file off. */
  async cut(path: string, at: number, problem: string): Promise<void> {
    const aside = await this.#pathFor(path)
    await copyFile(path, aside)
    await truncateTo(path, at)
    synchronise(dirname(path))
    await this.#tell(path, aside, problem)
  }

  async #pathFor(path: string): Promise<string> {
    const newest = Math.max(0, ...(await this.#numbers()).map(({ number }) => number))
    return `${path}.damaged-${newest + 1}`
  }

  async #tell(path: string, aside: string, problem: string): Promise<void> {
    this.told.push(`${basename(path)} ${problem}; a copy is kept as ${aside}`)
    const all = (await this.#numbers()).sort((a, b) => b.number - a.number)
    for (const { name } of all.slice(this.#kept)) await rm(join(this.#folder, name))
  }

  async #numbers(): Promise<{ name: string; number: number }[]> {
    const names = await readdir(this.#folder)
    return names.flatMap((name) => {
      const digits = NAME.exec(name)?.[1]
      return digits === undefined ? [] : [{ name, number: Number(digits) }]
    })
  }
}

/** Durably. */
export async function truncateTo(path: string, bytes: number): Promise<void> {
  const file = await open(path, 'r+')
  try {
    await file.truncate(bytes)
    await file.sync()
  } finally {
    await file.close()
  }
}
