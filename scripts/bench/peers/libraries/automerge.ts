/** Automerge as its documentation shows it: one edit, one change. */
import * as A from '@automerge/automerge'
import { fieldName, type MixedEdit, mixedEdits, percentile, textEdits } from '../../documents-load.ts'
import type { Figure, Sizes } from '../../figure.ts'
import { grownBy, secondsOf } from './measure.ts'

export type Mixed = {
  fields: Record<string, string>
  counters: Record<string, A.Counter>
  log: string[]
}

export const programs = {
  'document-edits': edits,
  'document-merge': merge,
  'document-size': size,
  'document-memory': memory,
  'document-text': text,
}

/** Slow enough that a part of the work tells the rate. */
const SHARE = 1 / 8

function edits(sizes: Sizes): Figure[] {
  const all = mixedEdits(sizes as never)
  const some = all.slice(0, Math.ceil(all.length * SHARE))
  let doc = mixedDocument(sizes)
  for (const edit of all.slice(-500)) doc = A.change(doc, (draft) => apply(draft, edit))
  const seconds = secondsOf(() => {
    for (const edit of some) doc = A.change(doc, (draft) => apply(draft, edit))
  })
  return [{ name: 'document edits', unit: 'edits/s', value: some.length / seconds }]
}

export function mixedDocument({ fields, counters }: Sizes): A.Doc<Mixed> {
  return A.from<Mixed>({
    fields: Object.fromEntries(Array.from({ length: fields as number }, (_, i) => [fieldName(i), ''])),
    counters: Object.fromEntries(
      Array.from({ length: counters as number }, (_, i) => [`c${i}`, new A.Counter(0)]),
    ),
    log: [],
  } as Mixed)
}

export function apply(draft: Mixed, edit: MixedEdit): void {
  if (edit.kind === 'field') draft.fields[edit.key] = edit.value
  else if (edit.kind === 'counter') draft.counters[edit.key]!.increment(1)
  else draft.log.push(edit.value)
}

type Entries = {
  entries: Record<string, string>
}

function bigDocument(count: number): A.Doc<Entries> {
  return A.from<Entries>({
    entries: Object.fromEntries(Array.from({ length: count }, (_, i) => [`e${i}`, `entry ${i}`])),
  })
}

/** Milliseconds of each merge of so many one-edit changes, with an edit of one's own before each. */
function mergeTimes(count: number, changes: number, times: number): number[] {
  let mine = bigDocument(count)
  let theirs = A.clone(mine)
  const taken: number[] = []
  for (let time = 0; time < times; time++) {
    const before = A.getHeads(theirs)
    for (let i = 0; i < changes; i++)
      theirs = A.change(theirs, (draft) => {
        draft.entries[`e${(time * changes + i) % count}`] = `other ${time}`
      })
    mine = A.change(mine, (draft) => {
      draft.entries[`e${time % count}`] = 'mine'
    })
    const incoming = A.getChangesSince(theirs, before)
    taken.push(
      1_000 *
        secondsOf(() => {
          ;[mine] = A.applyChanges(mine, incoming)
        }),
    )
  }
  return taken
}

function merge({ entries, changes, times }: Sizes): Figure[] {
  const taken = mergeTimes(entries as number, changes as number, Math.ceil((times as number) / 5)).slice(1)
  return [
    { name: 'document merge p50', unit: 'ms', value: percentile(taken, 0.5) },
    { name: 'document merge p99', unit: 'ms', value: percentile(taken, 0.99) },
  ]
}

function size({ edits: count, changes }: Sizes): Figure[] {
  return [1_000, 10_000, 100_000].flatMap((entries): Figure[] => {
    let doc = bigDocument(entries)
    const some = Math.max(5, Math.ceil((count as number) / (entries / 25)))
    const seconds = secondsOf(() => {
      for (let i = 0; i < some; i++)
        doc = A.change(doc, (draft) => {
          draft.entries[`e${i % entries}`] = 'edited'
        })
    })
    const merges = mergeTimes(entries, changes as number, 2)
    const label = entries.toLocaleString('en')
    return [
      { name: `edit at ${label} entries`, unit: 'µs', value: (seconds / some) * 1e6 },
      { name: `merge at ${label} entries`, unit: 'ms', value: Math.min(...merges) },
    ]
  })
}

async function memory({ documents, entries }: Sizes): Promise<Figure[]> {
  const kept: unknown[] = []
  const bytes = await grownBy(() => {
    for (let i = 0; i < (documents as number); i++) kept.push(bigDocument(entries as number))
  })
  return [{ name: 'open documents', unit: 'MB', value: kept.length === 0 ? 0 : bytes / 1e6 }]
}

function text({ edits: count, batch }: Sizes): Figure[] {
  const all = textEdits(count as number)
  let doc = A.from<{ text: string }>({ text: '' })
  const seconds = secondsOf(() => {
    for (let at = 0; at < all.length; at += batch as number)
      doc = A.change(doc, (draft) => {
        for (const [place, remove, insert] of all.slice(at, at + (batch as number)))
          A.splice(draft, ['text'], place, remove, insert)
      })
  })
  return [{ name: 'document text', unit: 'ms', value: seconds * 1_000 }]
}
