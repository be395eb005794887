/** Replicas of a document without the actors around them, for what is measured of one alone. */
import { Document } from '../../../actors/replica/document/document.ts'
import { replicaOf } from '../../../actors/replica/replica-document.ts'

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

/** Milliseconds of a merge. */
export interface Merge {
  /** Until what came is in a view. */
  readonly shown: number
  /** Until the engine has it as well, and what was edited meanwhile is a change upon it. */
  readonly whole: number
}

/**
 * Merges so many one-edit changes, with an edit of one's own before each time: of another replica of the process, or
 * of a stranger's.
 */
export function mergeTimes(count: number, changes: number, times: number, trusted: boolean): Merge[] {
  const mine = bigDocument(count)
  const theirs = Document.load<Entries>({ id: mine.id, type: mine.type, actor: '02' }, [mine.save()])
  const taken: Merge[] = []
  for (let time = 0; time < times; time++) {
    const incoming = Array.from({ length: changes }, (_, i) => {
      setEntry(theirs, (time * changes + i) % count, `other ${time}`)
      return theirs.commit(Date.now())!.bytes
    })
    setEntry(mine, time % count, 'mine')
    const started = performance.now()
    replicaOf(
      mine,
      () => trusted,
      () => void mine.commit(Date.now()),
    ).receive(incoming)
    mine.view()
    const shown = performance.now() - started
    mine.commit(Date.now())
    mine.catchUp()
    taken.push({ shown, whole: performance.now() - started })
  }
  return taken
}
