/** Compiled programs of the peers are kept outside the sources, and made anew when those change. */
import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** What git ignores in the checkout, and may be deleted at any time. */
export const CACHE = fileURLToPath(new URL('../../../.cache/', import.meta.url))
export const PEERS = fileURLToPath(new URL('../peers/', import.meta.url))

/** Runs `build` unless the files below `sources` are those that it last ran for. */
export async function buildIfChanged(
  sources: string,
  output: string,
  build: () => Promise<void>,
): Promise<void> {
  const stamp = join(output, 'sources.sha256')
  const digest = await digestOf(sources)
  if ((await readFile(stamp, 'utf8').catch(() => '')) === digest) return
  await mkdir(output, { recursive: true })
  await build()
  await writeFile(stamp, digest)
}

async function digestOf(folder: string): Promise<string> {
  const hash = createHash('sha256')
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  for (const file of files.sort()) hash.update(file).update(await readFile(file))
  return hash.digest('hex')
}
