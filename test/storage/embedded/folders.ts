/** Data folders of tests: each in a place of its own, gone when the test file has ended. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'

const base = mkdtempSync(join(tmpdir(), 'neuroplex-storage-'))
let count = 0

after(() => rmSync(base, { recursive: true, force: true }))

/** The path of a folder that is not there yet. */
export function newFolder(): string {
  return join(base, `data-${++count}`)
}
