/** Frames between threads are as small as what they carry. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Exit } from '../../../protocols/exit.ts'
import { FrameReader, Op, putControl, putFailed } from '../../../runtime/delivery/frames.ts'
import { child, supervisor } from '../../../runtime/index.ts'
import { Thrower } from '../../actors-under-test/basics.ts'
import { collect, startSystem } from '../../support/systems.ts'
import { errorOf, until } from '../../support/until.ts'

/** What the other side reads after the frame's operation. */
function readerOf(batch: unknown[]): FrameReader {
  const reader = new FrameReader(structuredClone(batch), 1, () => assert.fail('no reference was sent'))
  reader.next()
  return reader
}

test('the argument of a control call is packed only where it has to be', () => {
  const plain: unknown[] = []
  putControl(plain, 7, 'begin-again', 12)
  assert.deepEqual(plain, [Op.control, 7, 'begin-again', false, 12])
  const special: unknown[] = []
  putControl(special, 8, 'suspend', { serial: 3, error: new RangeError('too far') })
  const reader = readerOf(special)
  assert.deepEqual([reader.next(), reader.next()], [8, 'suspend'])
  const { serial, error } = reader.maybePacked<{ serial: number; error: Error }>()
  assert.ok(error instanceof RangeError)
  assert.deepEqual([serial, error.message], [3, 'too far'])
})

test('a failure is told by what the supervisor does not know yet', () => {
  const stalled: Exit = { kind: 'stalled', path: '/user/a/b' }
  const batch: unknown[] = []
  putFailed(batch, 4, 'b', stalled)
  assert.deepEqual(batch, [Op.failed, 4, 'b', 'stalled', null])
  const reader = readerOf(batch)
  assert.deepEqual([reader.next(), reader.next(), reader.exit('/user/a/b')], [4, 'b', stalled])
  assert.equal(reader.more, false)
})

test('a supervisor is told of the error on another thread with all that belongs to it', async () => {
  await using system = await startSystem({ threads: 1 })
  const restarts = collect(system, 'restart')
  const team = await system.spawn(supervisor({ children: { thrower: child(Thrower) } }), { name: 'team' })
  const thrower = await team.child('thrower')
  await errorOf(thrower.ask.custom())
  await until('it has been restarted', async () => restarts.length === 1)
  const { path, kind, error } = restarts[0]!.exit
  assert.deepEqual([path, kind], ['/user/team/thrower', 'failed'])
  const { name, message, code, cause, stack } = error as Error & { code: string }
  assert.deepEqual([name, message, code], ['CustomError', 'not today', 'E_CUSTOM'])
  assert.ok(cause instanceof RangeError)
  assert.match(String(stack), /basics\.ts/)
})
