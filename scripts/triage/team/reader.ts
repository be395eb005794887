import { readFile, stat } from 'node:fs/promises'
import { Actor } from '../../../runtime/index.ts'
import { MAIL_LIMITS } from '../mail/limits.ts'
import type { Letter } from '../mail/source.ts'

/** A letter taken out of its file, or why it could not be. */
export type Taken = { readonly raw: Uint8Array } | { readonly problem: string; readonly refused: boolean }

/**
 * Takes letters from the disk, as fast as they are wanted and no faster: a stream hands out the next
 * item when its reader asks for it.
 */
export class Reader extends Actor {
  /** One item per letter, in order. */
  async *read(files: readonly Pick<Letter, 'file'>[]): AsyncGenerator<Taken> {
    for (const { file } of files) yield await take(file)
  }
}

/** A file that is gone, or may not be read, costs its own letter only. */
async function take(file: string): Promise<Taken> {
  try {
    const { size } = await stat(file)
    if (size <= MAIL_LIMITS.maxMailBytes) return { raw: await readFile(file) }
    const problem = `MAIL_TOO_LARGE: The mail has ${size} bytes, the limit is ${MAIL_LIMITS.maxMailBytes}.`
    return { problem, refused: true }
  } catch (error) {
    return { problem: `The file cannot be read: ${(error as Error).message}`, refused: false }
  }
}
