import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Document } from '../../../actors/replica/document/document.ts'
import { completeLimits } from '../../../actors/replica/limits.ts'
import { OpenDocument } from '../../../actors/replica/open-document.ts'

type Root = Record<string, number>

const OPTIONS = { id: 'agent-state/s', type: 'agent-state' }
const BY = { author: '/user/one' }

function open(entries: number, unkeptCommits = 256) {
  const initial = Object.fromEntries(Array.from({ length: entries }, (_, index) => [`key-${index}`, index]))
  const document = Document.create<Root>({ ...OPTIONS, actor: 'aa', initial })
  const other = Document.load<Root>({ ...OPTIONS, actor: 'bb' }, [document.save()])
  const limits = completeLimits({ unkeptCommits })
  const opened = new OpenDocument(document, { limits, random: () => 0 }, 0)
  let nowMs = 0
  return {
    opened,
    edit: (key: string) => {
      document.edit((draft) => {
        draft[key] = 1
      }, BY)
      opened.waiters.next(nowMs).catch(() => undefined)
    },
    /** Something that was shown, and that the engine has yet to take in. */
    show: (key: string) => {
      other.edit((draft) => {
        draft[key] = 2
      }, BY)
      document.receive([other.commit(0)?.bytes as Uint8Array], { trusted: true })
    },
    /** Something comes for which the engine need not take in what is shown. */
    come: () => opened.put({ kind: 'down', peer: 'peer' }),
    /** A turn: whether it made a change of what was edited, and took in what had come. */
    work: () => {
      const { own } = opened.work(true, ++nowMs, nowMs)
      return { commits: own.length > 0, takesIn: !opened.busy }
    },
  }
}

describe('a turn of a document', () => {
  test('makes a change of what was edited, and takes in what has come', () => {
    const { edit, come, work } = open(1)
    edit('a')
    come()
    assert.deepEqual(work(), { commits: true, takesIn: true })
    come()
    assert.deepEqual(work(), { commits: false, takesIn: true })
  })

  test('does one of both where the engine would need long for both', () => {
    const { edit, come, show, work } = open(5_000)
    edit('a')
    show('b')
    come()
    assert.deepEqual(work(), { commits: false, takesIn: true })
    come()
    assert.deepEqual(work(), { commits: true, takesIn: false })
    assert.deepEqual(work(), { commits: false, takesIn: true })
  })

  test('does both in a small document, also where the engine is behind', () => {
    const { edit, come, show, work } = open(100)
    edit('a')
    show('b')
    come()
    assert.deepEqual(work(), { commits: true, takesIn: true })
  })

  test('makes no change while too many are not stored, unless something has come', () => {
    const { opened, edit, come, work } = open(1, 1)
    edit('a')
    assert.equal(work().commits, true)
    edit('b')
    assert.equal(work().commits, false)
    come()
    assert.deepEqual(work(), { commits: true, takesIn: true })
    edit('c')
    opened.waiters.keptAll()
    assert.equal(work().commits, true)
  })

  test('keeps edits back while the document is sealed, and with them what comes', () => {
    const { opened, edit, come, work } = open(1)
    opened.seal()
    come()
    assert.deepEqual(work(), { commits: false, takesIn: true })
    edit('a')
    come()
    assert.deepEqual(work(), { commits: false, takesIn: false })
    opened.unseal()
    assert.deepEqual(work(), { commits: true, takesIn: true })
  })

  test('takes nothing in while a new epoch is stored', () => {
    const { opened, come, work } = open(1)
    opened.seal()
    opened.still = true
    come()
    assert.deepEqual(work(), { commits: false, takesIn: false })
    opened.unseal()
    assert.deepEqual(work(), { commits: false, takesIn: true })
  })
})
