/** Yjs: a transaction for each edit. It has no counters that add up, so each count sets the sum. */
import * as Y from 'yjs'
import { fieldName, type MixedEdit, mixedEdits, textEdits } from '../../documents-load.ts'
import type { Figure, Sizes } from '../../figure.ts'
import { grownBy, secondsOf } from './measure.ts'

export const programs = { 'document-edits': edits, 'document-memory': memory, 'document-text': text }

function edits(sizes: Sizes): Figure[] {
  const all = mixedEdits(sizes as never)
  const doc = new Y.Doc()
  const [fields, counters, log] = [
    doc.getMap<string>('fields'),
    doc.getMap<number>('counters'),
    doc.getArray<string>('log'),
  ]
  doc.transact(() => {
    for (let i = 0; i < (sizes.fields as number); i++) fields.set(fieldName(i), '')
    for (let i = 0; i < (sizes.counters as number); i++) counters.set(`c${i}`, 0)
  })
  const apply = (edit: MixedEdit) => {
    if (edit.kind === 'field') fields.set(edit.key, edit.value)
    else if (edit.kind === 'counter') counters.set(edit.key, (counters.get(edit.key) ?? 0) + 1)
    else log.push([edit.value])
  }
  let bytes = 0
  doc.on('update', (update: Uint8Array) => {
    bytes += update.byteLength
  })
  const seconds = secondsOf(() => {
    for (const edit of all) doc.transact(() => apply(edit))
  })
  return [{ name: 'document edits', unit: 'edits/s', value: bytes === 0 ? 0 : all.length / seconds }]
}

async function memory({ documents, entries }: Sizes): Promise<Figure[]> {
  const kept: Y.Doc[] = []
  const bytes = await grownBy(() => {
    for (let i = 0; i < (documents as number); i++) {
      const doc = new Y.Doc()
      const map = doc.getMap<string>('entries')
      doc.transact(() => {
        for (let e = 0; e < (entries as number); e++) map.set(`e${e}`, `entry ${e}`)
      })
      kept.push(doc)
    }
  })
  return [{ name: 'open documents', unit: 'MB', value: kept.length === 0 ? 0 : bytes / 1e6 }]
}

function text({ edits: count, batch }: Sizes): Figure[] {
  const all = textEdits(count as number)
  const doc = new Y.Doc()
  const content = doc.getText('text')
  const seconds = secondsOf(() => {
    for (let at = 0; at < all.length; at += batch as number)
      doc.transact(() => {
        for (const [place, remove, insert] of all.slice(at, at + (batch as number))) {
          if (remove > 0) content.delete(place, remove)
          if (insert !== '') content.insert(place, insert)
        }
      })
  })
  return [{ name: 'document text', unit: 'ms', value: seconds * 1_000 }]
}
