/** A paper is typed again, in batches, through the replica actor. */
import { documents, replicas, Text } from '../../../actors/replica/index.ts'
import { Actor } from '../../../runtime/index.ts'
import { textEdits } from '../documents-load.ts'
import type { Figure } from '../figure.ts'
import { inSystem, secondsSince } from './system.ts'

const PATIENCE_MS = 240_000

export async function run(sizes: { edits: number; batch: number }): Promise<Figure[]> {
  const services = [replicas({ storage: 'volatile' })]
  return inSystem(import.meta.url, { threads: 1, services }, async (system) => {
    const typist = await system.spawn(Typist)
    const seconds = await typist.within(PATIENCE_MS).ask.type(sizes.edits, sizes.batch)
    return [{ name: 'document text', unit: 'ms', value: seconds * 1_000 }]
  })
}

export class Typist extends Actor {
  async type(edits: number, batch: number): Promise<number> {
    const all = textEdits(edits)
    const paper = await documents(this.context).open<{ text: Text }>('agent-state', 'paper', {
      initial: { text: new Text() },
    })
    const started = performance.now()
    for (let at = 0; at < all.length; at += batch)
      await paper.change((draft) => {
        for (const [place, remove, insert] of all.slice(at, at + batch)) {
          if (remove > 0) draft.text.delete(place, remove)
          if (insert !== '') draft.text.insert(place, insert)
        }
      })
    return secondsSince(started)
  }
}
