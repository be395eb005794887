import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ActorType } from '../../../runtime/actor/actor-type.ts'
import { InvalidOptionError } from '../../../runtime/index.ts'
import { Directory, DirectoryReader, ELSEWHERE } from '../../../runtime/threads/directory.ts'
import { Placement } from '../../../runtime/threads/placement.ts'
import { Pulses } from '../../../runtime/threads/pulses.ts'
import { Counter, Recorder } from '../../actors-under-test/basics.ts'

function directoryAndReader() {
  const reader = new DirectoryReader()
  const directory = new Directory((chunk, index) => reader.addChunk(chunk, index))
  return { directory, reader }
}

/** An actor as the directory is told of it. */
const actor = (serial: number, path: string) => ({ serial, path, type: { index: 2 } })

test('actors are read from the memory of their thread by their paths', () => {
  const { directory, reader } = directoryAndReader()
  const top = directory.add(actor(1, '/user/a'), ELSEWHERE, undefined)
  const below = directory.add(actor(2, '/user/a/b'), top, 'b')
  const anonymous = directory.add(actor(35, '/user/a/b/$z'), below, undefined)
  assert.deepEqual(
    [top, below, anonymous].map((entry) => reader.path(entry)),
    ['/user/a', '/user/a/b', '/user/a/b/$z'],
  )
  assert.deepEqual(reader.list(2), [
    { serial: 1, type: 2, path: '/user/a', supervisedElsewhere: true },
    { serial: 2, type: 2, path: '/user/a/b', supervisedElsewhere: false },
  ])
  assert.deepEqual(reader.supervisedElsewhere(), [1])
  directory.remove(below)
  assert.equal(directory.add(actor(4, '/user/a/c'), top, 'c'), below, 'an entry is used again')
  assert.equal(reader.path(below), '/user/a/c')
})

test('a name that does not fit is cut at a whole character', () => {
  const { directory, reader } = directoryAndReader()
  const long = `/user/${'ü'.repeat(300)}`
  const path = reader.path(directory.add(actor(1, long), ELSEWHERE, undefined))
  assert.ok(path.endsWith('…') && long.startsWith(path.slice(0, -1)) && path.length > 70, path)
})

test('any number of actors has room, and an unknown entry has no path', () => {
  const { directory, reader } = directoryAndReader()
  let last = 0
  for (let serial = 1; serial <= 20_000; serial++)
    last = directory.add(actor(serial, `/user/${serial}`), ELSEWHERE, undefined)
  assert.equal(reader.path(last), '/user/20000')
  assert.equal(reader.list(30_000).length, 20_000)
  assert.equal(new DirectoryReader().path(7), '(unknown)')
})

test('a thread shows whose turn runs, and its successor goes on behind its serials', () => {
  const pulses = new Pulses()
  const [own, seen] = [pulses.row(3), new Pulses(pulses.memory).row(3)]
  own.turnStarts(7, 1, 2, 9)
  own.actors = 5
  own.lastSerial = 70
  own.memoryKb = { heap: 10, external: 20 }
  assert.deepEqual(
    [seen.serial, seen.type, seen.method, seen.entry, seen.turn, seen.actors],
    [7, 1, 2, 9, 1, 5],
  )
  assert.deepEqual(seen.memoryKb, { heap: 10, external: 20 })
  own.turnsEnd()
  assert.deepEqual([seen.serial, seen.rounds], [0, 1])
  own.clear()
  assert.deepEqual([seen.lastSerial, seen.turn, seen.actors], [70, 1, 0])
  assert.equal(pulses.row(2).turn, 0)
})

test('frames that were read are counted by reader and sender', () => {
  const pulses = new Pulses()
  pulses.countRead(1, 2, 10)
  pulses.countRead(1, 2, 5)
  assert.deepEqual([pulses.framesRead(1, 2), pulses.framesRead(2, 1)], [15, 0])
  pulses.reset(1, 2)
  assert.equal(pulses.framesRead(1, 2), 0)
})

const supervisorType = new ActorType('supervisor', Recorder, 0)
supervisorType.onControlThread = true
const counterType = new ActorType('Counter', Counter, 1)

test('an actor is placed on the emptiest thread of its pool, and supervisors on the control thread', () => {
  const pulses = new Pulses()
  const placement = new Placement({ default: [1, 2], gpu: [3] }, pulses, 0)
  pulses.row(1).actors = 10
  pulses.row(2).actors = 3
  assert.equal(placement.choose(undefined, counterType), 2)
  assert.equal(placement.choose('gpu', counterType), 3)
  assert.equal(placement.choose(undefined, supervisorType), 0)
  assert.throws(
    () => placement.choose('nowhere', counterType),
    (error) =>
      error instanceof InvalidOptionError &&
      /there is no pool "nowhere"; the pools are default, gpu/.test(error.message),
  )
})

test('what an actor spawns stays on its thread unless that is much fuller than another', () => {
  const pulses = new Pulses()
  const placement = new Placement({ default: [1, 2], gpu: [3, 4] }, pulses, 1)
  pulses.row(1).actors = 60
  assert.equal(placement.choose(undefined, counterType), 1)
  pulses.row(1).actors = 1_000
  assert.equal(placement.choose(undefined, counterType), 2)
  pulses.row(2).actors = 900
  assert.equal(placement.choose(undefined, counterType), 1)
  assert.equal(new Placement({ default: [1], gpu: [3, 4] }, pulses, 3).choose(undefined, counterType), 3)
})
