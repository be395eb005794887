/** Replicas of a document without the actors around them, for what is measured of one alone. */
import { Document } from '../../../actors/replica/document/document.ts'

export interface Entries {
  entries: Record<string, string>
}

const BY = { author: '/user/bench' }

export function bigDocument(count: number): Document<Entries> {
  const initial = {
    entries: Object.fromEntries(Array.from({ length: count }, (_, i) => [`e${i}`, `entry ${i}`])),
  }
  return Document.create<Entries>({ id: 'agent-state/big', type: 'agent-state', actor: '01', initial })
}

export function setEntry(document: Document<Entries>, key: number, value: string): void {
  document.edit((draft) => {
    draft.entries[`e${key}`] = value
  }, BY)
}

/** Milliseconds of each merge of so many one-edit changes, with an edit of one's own before each. */
export function mergeTimes(count: number, changes: number, times: number): number[] {
  const mine = bigDocument(count)
  const theirs = Document.load<Entries>({ id: mine.id, type: mine.type, actor: '02' }, [mine.save()])
  const taken: number[] = []
  for (let time = 0; time < times; time++) {
    const incoming = Array.from({ length: changes }, (_, i) => {
      setEntry(theirs, (time * changes + i) % count, `other ${time}`)
      return theirs.commit(Date.now())!.bytes
    })
    setEntry(mine, time % count, 'mine')
    const started = performance.now()
    mine.commit(Date.now())
    mine.receive(incoming)
    mine.view()
    taken.push(performance.now() - started)
  }
  return taken
}
