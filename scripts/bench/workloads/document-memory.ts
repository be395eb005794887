/** What open documents take, with all that the runtime keeps of them. Needs `node --expose-gc`. */
import { documents, replicas } from '../../../actors/replica/index.ts'
import { Actor } from '../../../runtime/index.ts'
import type { Figure } from '../figure.ts'
import { inSystem } from './system.ts'

const PATIENCE_MS = 240_000

export async function run(sizes: { documents: number; entries: number }): Promise<Figure[]> {
  const services = [replicas({ storage: 'volatile' })]
  return inSystem(import.meta.url, { threads: 1, services }, async (system) => {
    const opener = await system.spawn(DocumentOpener)
    const bytes = await opener.within(PATIENCE_MS).ask.open(sizes.documents, sizes.entries)
    return [{ name: 'open documents', unit: 'MB', value: bytes / 1e6 }]
  })
}

export class DocumentOpener extends Actor {
  async open(count: number, entries: number): Promise<number> {
    const open = (i: number) =>
      documents(this.context).open<{ entries: Record<string, string> }>('agent-state', `document-${i}`, {
        initial: { entries: {} },
      })
    await open(-1)
    const before = await this.#residentBytes()
    for (let i = 0; i < count; i++) {
      const document = await open(i)
      await document.change((draft) => {
        for (let e = 0; e < entries; e++) draft.entries[`e${e}`] = `entry ${e}`
      })
    }
    return (await this.#residentBytes()) - before
  }

  async #residentBytes(): Promise<number> {
    for (let i = 0; i < 3; i++) {
      await this.context.sleep(200)
      globalThis.gc?.()
    }
    return process.memoryUsage().rss
  }
}
