import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Rollover } from '../../../../actors/replica/keeper/rollover.ts'
import type { OpenDocument, SealReport } from '../../../../actors/replica/open-document.ts'
import { hasEnded } from '../../../support/until.ts'

const ID = 'agent-state/x'

/** A document as far as a rollover looks at it, whose changes are named by letters. */
class Subject {
  heads: string[] = ['a']
  conflicts: number | null = null
  busy = false
  closed: string | undefined
  follows = false
  readonly id = ID
  readonly document = {
    has: (hash: string) => 'abc'.slice(0, 'abc'.indexOf(this.heads[0]!) + 1).includes(hash),
  }
  report(): SealReport {
    return { heads: this.heads, conflicts: this.conflicts }
  }
  get open(): OpenDocument {
    return this as unknown as OpenDocument
  }
}

function rehearse(peers: string[], begin: () => Promise<void> = () => Promise.resolve()) {
  const said: string[] = []
  const timers: (() => void)[] = []
  const subject = new Subject()
  const rollover = new Rollover({
    peers: () => peers,
    follows: () => subject.follows,
    seal: (peer) => void said.push(`seal ${peer}`),
    unseal: (peer) => void said.push(`unseal ${peer}`),
    begin: (_open, all) => {
      said.push(`begin ${all.join()}`)
      return begin()
    },
    again: () => void said.push('again'),
    failed: (_id, error) => void said.push(`failed ${(error as Error).message}`),
    after: (_ms, run) => {
      timers.push(run)
      return () => void timers.splice(timers.indexOf(run), 1)
    },
  })
  return { rollover, said, timers, subject }
}

const report = (heads: string[], conflicts: number | null = null): SealReport => ({ heads, conflicts })

describe('a new epoch', () => {
  test('begins at once where nobody else has the document', async () => {
    const { rollover, said, subject } = rehearse([])
    rollover.start(subject.open)
    assert.deepEqual(said, ['begin '])
    await rollover.settled(ID)
  })

  test('begins when all have sealed it and all that they have is here', async () => {
    const { rollover, said, subject } = rehearse(['one', 'two'])
    rollover.start(subject.open)
    rollover.start(subject.open)
    rollover.sealed('one', ID, report(['a']))
    rollover.sealed('two', ID, report(['b']))
    assert.equal(await hasEnded(rollover.settled(ID)), false)
    subject.heads = ['b']
    subject.busy = true
    rollover.check(ID)
    subject.busy = false
    rollover.check(ID)
    assert.deepEqual(said, ['seal one', 'seal two', 'begin one,two'])
    await rollover.settled(ID)
  })

  test('does not wait for a replica that is gone', () => {
    const { rollover, said, subject } = rehearse(['one', 'two'])
    rollover.start(subject.open)
    rollover.sealed('one', ID, report(['a']))
    rollover.gone('two', ID)
    assert.equal(said.at(-1), 'begin one')
  })

  test('waits for who has rules until it has settled all that is here', () => {
    const { rollover, said, subject } = rehearse(['one'])
    subject.heads = ['b']
    rollover.start(subject.open)
    rollover.sealed('one', ID, report(['a'], 0))
    rollover.sealed('one', ID, report(['b'], 1))
    assert.deepEqual(said, ['seal one'])
    rollover.sealed('one', ID, report(['b'], 0))
    assert.equal(said.at(-1), 'begin one')
  })

  test('waits for conflicts of its own replica', () => {
    const { rollover, said, subject } = rehearse([])
    subject.conflicts = 1
    rollover.start(subject.open)
    assert.deepEqual(said, [])
  })

  test('that others have begun is followed into whatever waits for people, once all is here', () => {
    const { rollover, said, subject } = rehearse(['one'])
    subject.conflicts = 1
    subject.follows = true
    rollover.start(subject.open)
    rollover.sealed('one', ID, report(['b'], 1))
    assert.deepEqual(said, ['seal one'])
    subject.heads = ['b']
    rollover.check(ID)
    assert.equal(said.at(-1), 'begin one')
  })

  test('is given up when somebody does not answer, and not tried again at once', async () => {
    const { rollover, said, timers, subject } = rehearse(['one'])
    rollover.start(subject.open)
    const settled = rollover.settled(ID)
    timers[0]!()
    await settled
    rollover.sealed('one', ID, report(['a']))
    rollover.start(subject.open)
    assert.deepEqual(said, ['seal one', 'unseal one', 'unseal one'])
    timers.at(-1)!()
    rollover.start(subject.open)
    assert.deepEqual(said.slice(-2), ['again', 'seal one'])
  })

  test('is given up when it can not be stored', async () => {
    const { rollover, said, subject } = rehearse(['one'], () => Promise.reject(new Error('the disk is full')))
    rollover.start(subject.open)
    rollover.sealed('one', ID, report(['a']))
    await rollover.settled(ID)
    assert.deepEqual(said, ['seal one', 'begin one', 'failed the disk is full', 'unseal one'])
  })

  test('does not begin for a document that was closed meanwhile', async () => {
    const { rollover, said, subject } = rehearse(['one'])
    rollover.start(subject.open)
    subject.closed = 'it was unloaded'
    rollover.sealed('one', ID, report(['a']))
    await rollover.settled(ID)
    assert.deepEqual(said, ['seal one'])
  })
})
