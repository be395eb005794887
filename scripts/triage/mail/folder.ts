/**
 * The user's own mail: a Maildir, or a folder of `.eml` files, at most a few levels deep.
 *
 * Where a folder on the way is named like spam or like ham, the letters below it count as labelled.
 * Nothing is written, and links are not followed.
 */
import { readdir } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { NoMailError } from './errors.ts'
import type { Letter } from './source.ts'

/** More letters than this are not listed; the rest is left for another run. */
const MAX_LETTERS = 100_000
/** Folders below folders; Maildirs have two. */
const MAX_DEPTH = 6

const SPAM_NAME = /^\.?(inbox\.)?(spam|junk|junk e-?mail|bulk mail)([-_ ]?\d*)?$/i
const HAM_NAME = /^\.?(inbox\.)?(ham|not[-_ ]?spam|no[-_ ]?junk|easy[-_ ]?ham|hard[-_ ]?ham)([-_ ]?\d*)?$/i
/** A Maildir's folders of mail; `tmp` holds what is still being delivered. */
const MAILDIR_FOLDERS = new Set(['cur', 'new'])
const SKIPPED_FOLDERS = new Set(['tmp', 'node_modules', '.git'])
const MAIL_FILE = /\.(eml|email|mail|msg\.txt|txt)$/i

/**
 * Lists the letters under a folder, in the order of their paths.
 *
 * @throws NoMailError when there is none, or the folder cannot be read
 */
export async function listFolder(folder: string): Promise<Letter[]> {
  const root = resolve(folder)
  const found: Omit<Letter, 'id'>[] = []
  try {
    await walk(root, labelOf(basename(root)), MAX_DEPTH, found)
  } catch (cause) {
    throw new NoMailError(`The folder ${root} cannot be read.`, { cause })
  }
  if (found.length === 0)
    throw new NoMailError(`There is no mail under ${root}: neither a Maildir nor .eml files.`)
  return found.map((letter) => ({ id: letter.file.slice(root.length + 1), ...letter }))
}

async function walk(
  folder: string,
  spam: boolean | undefined,
  depth: number,
  found: Omit<Letter, 'id'>[],
): Promise<void> {
  const inMaildir = MAILDIR_FOLDERS.has(basename(folder))
  const entries = await readdir(folder, { withFileTypes: true })
  entries.sort((a, b) => (a.name < b.name ? -1 : 1))
  for (const entry of entries) {
    if (found.length >= MAX_LETTERS) return
    const path = join(folder, entry.name)
    if (entry.isFile() && (inMaildir ? !entry.name.startsWith('.') : MAIL_FILE.test(entry.name))) {
      found.push(spam === undefined ? { file: path } : { file: path, spam })
    } else if (entry.isDirectory() && depth > 0 && !SKIPPED_FOLDERS.has(entry.name)) {
      await walk(path, labelOf(entry.name) ?? spam, depth - 1, found)
    }
  }
}

/** What the name of a folder says about the letters in it; undefined when it says nothing. */
export function labelOf(name: string): boolean | undefined {
  if (SPAM_NAME.test(name)) return true
  return HAM_NAME.test(name) ? false : undefined
}
