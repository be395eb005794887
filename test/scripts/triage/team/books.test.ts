import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { replicas } from '../../../../actors/replica/index.ts'
import type { ActorSystem } from '../../../../runtime/index.ts'
import { Coordination } from '../../../../scripts/triage/desk/coordination.ts'
import { Deciding } from '../../../../scripts/triage/desk/deciding.ts'
import { Judging } from '../../../../scripts/triage/desk/judging.ts'
import { Parsing } from '../../../../scripts/triage/desk/parsing.ts'
import type { LogEntry } from '../../../../scripts/triage/documents/decision-log.ts'
import { Books } from '../../../../scripts/triage/team/books.ts'
import { startSystem } from '../../../support/systems.ts'

/** Parts of two. */
const LETTERS = 16
const CLERK = 'clerk-1'
const entry = (index: number): LogEntry => ({ index, ending: { kind: 'refused', reason: 'no mail' } })

test('books close in the middle of a part, and only there, and log nothing more', async () => {
  await using system = await startSystem({ services: [replicas({ storage: 'volatile' })] })
  const shared = await begin(system)
  const { plan, log } = shared
  // Nobody is asked to judge here: what the clerk enters has been judged.
  const judging = new Judging(new Parsing([], undefined as never), new Deciding(undefined as never))
  const books = new Books({ clerk: CLERK, plan, log, judging, sleep: (ms) => sleep(ms) })
  assert.deepEqual(await books.take('1'), [0, 1])
  assert.equal(books.closeInTheMiddle(), false, 'nothing is logged of the part')
  await Promise.all([books.enter('1', entry(0)), books.enter('1', entry(1))])
  assert.deepEqual(await books.take('2'), [2, 3])
  assert.equal(books.closeInTheMiddle(), false, 'the one part is done, and nothing is logged of the other')
  await books.enter('2', entry(2))
  const last = books.enter('2', entry(3))
  assert.equal(books.closeInTheMiddle(), true)
  await last
  await books.settled()
  assert.deepEqual(
    ['1', '2'].map((id) => [plan.view().parts[id]!.state, log.view().parts[id]!.length]),
    [
      ['done', 2],
      ['taken', 1],
    ],
  )
  assert.equal(await shared.logged(), 3)
})

/** A plan whose first two parts are the clerk's. */
async function begin(system: ActorSystem): Promise<Coordination> {
  const shared = await Coordination.begin(system, LETTERS, [CLERK, 'clerk-2'])
  await shared.plan.change(({ parts }) => {
    for (const id of ['1', '2']) parts[id]!.owner = CLERK
  })
  return shared
}
