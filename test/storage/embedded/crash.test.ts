/** A process that writes is killed again and again; what it had acknowledged is there each time. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { EmbeddedChunkStore } from '../../../storage/embedded/chunk-store.ts'
import { newFolder } from './folders.ts'
import { entriesOf } from './log.ts'

const PROGRAM = fileURLToPath(new URL('writing-process.ts', import.meta.url))
const KILLS = 12
/** A process is killed at some time within this after it has begun, or after its first acknowledgement. */
const WITHIN_MS = { opens: 200, writes: 60 }

class Acknowledged {
  readonly #entries = new Map<string, Set<number>>()
  readonly #removed = new Set<string>()
  count = 0

  /** The first line says that it has begun; the last is cut off where it was killed while it wrote it. */
  add(output: string): void {
    for (const line of output.split('\n').slice(1, -1)) {
      const [document, number] = line.split(' ') as [string, string]
      this.count += 1
      if (number === '0') this.#removed.add(document)
      else this.#entriesOf(document).add(Number(number))
    }
  }

  async check(store: EmbeddedChunkStore): Promise<void> {
    for (const [document, numbers] of this.#entries) {
      const found = await entriesOf(store, document)
      const lost = [...numbers].filter((number) => !found.has(number))
      assert.deepEqual(lost, [], `entries of ${document} are lost`)
    }
    const back = (await store.documents()).filter((name) => this.#removed.has(name))
    assert.deepEqual(back, [])
  }

  #entriesOf(document: string): Set<number> {
    const numbers = this.#entries.get(document) ?? new Set()
    this.#entries.set(document, numbers)
    return numbers
  }
}

for (const kind of ['opens', 'writes'] as const)
  test(`nothing that was acknowledged is lost by a process that is killed while it ${kind}`, async (t) => {
    const folder = newFolder()
    const acknowledged = new Acknowledged()
    for (let kills = 0; kills < KILLS; kills += 1) {
      acknowledged.add(await killWhile(kind, folder))
      await using store = await EmbeddedChunkStore.open({ folder })
      await acknowledged.check(store)
    }
    t.diagnostic(`${acknowledged.count} acknowledgements`)
    assert.ok(kind === 'opens' || acknowledged.count > KILLS)
  })

/** Returns what the process has printed. */
async function killWhile(kind: 'opens' | 'writes', folder: string): Promise<string> {
  const child = spawn(process.execPath, [PROGRAM, folder], { stdio: ['ignore', 'pipe', 'inherit'] })
  const closed = once(child, 'close')
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  const lines = kind === 'opens' ? 1 : 2
  while (output.split('\n').length <= lines) await once(child.stdout, 'data')
  await pause(Math.random() * WITHIN_MS[kind])
  child.kill('SIGKILL')
  const [, signal] = await closed
  assert.equal(signal, 'SIGKILL', 'the process has ended by itself')
  return output
}
