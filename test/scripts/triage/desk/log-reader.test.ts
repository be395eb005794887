import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { replicas } from '../../../../actors/replica/index.ts'
import type { ActorSystem } from '../../../../runtime/index.ts'
import { Coordination } from '../../../../scripts/triage/desk/coordination.ts'
import type { Ending } from '../../../../scripts/triage/desk/ledger.ts'
import { LogReader } from '../../../../scripts/triage/desk/log-reader.ts'
import { writeEntry } from '../../../../scripts/triage/documents/decision-log.ts'
import { startSystem } from '../../../support/systems.ts'

const LETTERS = 8
const entry = (index: number, reason = 'no mail') =>
  writeEntry({ index, ending: { kind: 'refused', reason } })

describe('the log reader', () => {
  let system: ActorSystem
  let shared: Coordination
  before(async () => {
    system = await startSystem({ services: [replicas({ storage: 'volatile' })], limits: { stallMs: 5_000 } })
    shared = await Coordination.begin(system, LETTERS, ['clerk-1', 'clerk-2'])
  })
  after(() => system.shutdown())

  test('ends each letter once, tells what the log has twice, and what parts that are done lack', async () => {
    const endings: Ending[][] = Array.from({ length: LETTERS }, () => [])
    const counts: number[] = []
    const reader = new LogReader(
      shared.log,
      endings.map((its) => (ending: Ending) => void its.push(ending)),
      (ended) => counts.push(ended),
    )
    const reading = reader.follow(3)
    await shared.log.change(({ parts }) => {
      parts[1]!.push(entry(0))
      parts[2]!.push(entry(1))
    })
    // What a clerk that is gone had logged may come before what is there already.
    await shared.log.change(({ parts }) => {
      parts[2]!.splice(0, 0, entry(1, 'once more'))
      parts[3]!.push(entry(2))
    })
    await reading
    assert.deepEqual(
      endings.map((its) => its.length),
      [1, 1, 1, 0, 0, 0, 0, 0],
    )
    assert.deepEqual(counts, [1, 2, 3])
    await shared.plan.change(({ parts }) => {
      for (const id of [1, 2, 3, 4]) parts[id]!.state = 'done'
    })
    const { parts, doneTwice, lost, changes } = shared.report()
    assert.deepEqual({ parts, doneTwice, lost }, { parts: 8, doneTwice: 1, lost: 1 })
    assert.equal(await shared.logged(), 3)
    assert.ok(changes.log >= 2 && changes.plan >= 1)
  })
})
