/** Automerge with a hundred edits in each change. */
import * as A from '@automerge/automerge'
import { mixedEdits } from '../../documents-load.ts'
import type { Figure, Sizes } from '../../figure.ts'
import { apply, mixedDocument } from './automerge.ts'
import { secondsOf } from './measure.ts'

const BATCH = 100

export const programs = { 'document-edits': edits }

function edits(sizes: Sizes): Figure[] {
  const all = mixedEdits(sizes as never)
  let doc = mixedDocument(sizes)
  const seconds = secondsOf(() => {
    for (let at = 0; at < all.length; at += BATCH)
      doc = A.change(doc, (draft) => {
        for (const edit of all.slice(at, at + BATCH)) apply(draft, edit)
      })
  })
  return [{ name: 'document edits', unit: 'edits/s', value: all.length / seconds }]
}
