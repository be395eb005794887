import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { writeSizes } from '../figure.ts'
import type { LibraryId } from '../workload.ts'
import type { Contender } from './contender.ts'

const PROGRAM = fileURLToPath(new URL('../peers/libraries/main.ts', import.meta.url))

const PACKAGES: Readonly<Record<LibraryId, { name: string; npm: string }>> = {
  automerge: { name: 'Automerge', npm: '@automerge/automerge' },
  'automerge-batched': { name: 'Automerge, 100 edits a change', npm: '@automerge/automerge' },
  yjs: { name: 'Yjs', npm: 'yjs' },
  loro: { name: 'Loro', npm: 'loro-crdt' },
}

export const libraries = Object.fromEntries(
  (Object.keys(PACKAGES) as LibraryId[]).map((id) => [id, library(id)]),
) as Readonly<Record<LibraryId, Contender>>

function library(id: LibraryId): Contender {
  const { name, npm } = PACKAGES[id]
  return {
    ...{ id, name },
    install: 'npm ci',
    version: () => versionOf(npm),
    prepare: async () => {},
    command: (workload, sizes) => ({
      file: process.execPath,
      args: ['--expose-gc', PROGRAM, id, workload.name, ...writeSizes(sizes)],
    }),
  }
}

/** Not every package lets its package.json be imported, so it is looked for above what can be. */
async function versionOf(npm: string): Promise<string | undefined> {
  try {
    let folder = dirname(createRequire(import.meta.url).resolve(npm))
    for (; folder !== dirname(folder); folder = dirname(folder)) {
      const text = await readFile(join(folder, 'package.json'), 'utf8').catch(() => undefined)
      const found = text === undefined ? undefined : (JSON.parse(text) as { name?: string; version?: string })
      if (found?.name === npm) return found.version
    }
  } catch {
    // It is not installed.
  }
  return undefined
}
