/** Loro: a commit for each edit. */
import { LoroDoc } from 'loro-crdt'
import { fieldName, type MixedEdit, mixedEdits, textEdits } from '../../documents-load.ts'
import type { Figure, Sizes } from '../../figure.ts'
import { grownBy, secondsOf } from './measure.ts'

export const programs = { 'document-edits': edits, 'document-memory': memory, 'document-text': text }

function edits(sizes: Sizes): Figure[] {
  const all = mixedEdits(sizes as never)
  const doc = new LoroDoc()
  const [fields, log] = [doc.getMap('fields'), doc.getList('log')]
  const counters = Array.from({ length: sizes.counters as number }, (_, i) => doc.getCounter(`c${i}`))
  for (let i = 0; i < (sizes.fields as number); i++) fields.set(fieldName(i), '')
  doc.commit()
  const apply = (edit: MixedEdit) => {
    if (edit.kind === 'field') fields.set(edit.key, edit.value)
    else if (edit.kind === 'counter') counters[Number(edit.key.slice(1))]!.increment(1)
    else log.push(edit.value)
  }
  const seconds = secondsOf(() => {
    for (const edit of all) {
      apply(edit)
      doc.commit()
    }
  })
  return [{ name: 'document edits', unit: 'edits/s', value: all.length / seconds }]
}

async function memory({ documents, entries }: Sizes): Promise<Figure[]> {
  const kept: LoroDoc[] = []
  const bytes = await grownBy(() => {
    for (let i = 0; i < (documents as number); i++) {
      const doc = new LoroDoc()
      const map = doc.getMap('entries')
      for (let e = 0; e < (entries as number); e++) map.set(`e${e}`, `entry ${e}`)
      doc.commit()
      kept.push(doc)
    }
  })
  return [{ name: 'open documents', unit: 'MB', value: kept.length === 0 ? 0 : bytes / 1e6 }]
}

function text({ edits: count, batch }: Sizes): Figure[] {
  const all = textEdits(count as number)
  const doc = new LoroDoc()
  const content = doc.getText('text')
  const seconds = secondsOf(() => {
    for (let at = 0; at < all.length; at += batch as number) {
      for (const [place, remove, insert] of all.slice(at, at + (batch as number))) {
        if (remove > 0) content.delete(place, remove)
        if (insert !== '') content.insert(place, insert)
      }
      doc.commit()
    }
  })
  return [{ name: 'document text', unit: 'ms', value: seconds * 1_000 }]
}
