import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  createHandle,
  createSyncState,
  decodeChange,
  decodeSyncMessage,
  engine,
  generateSyncMessage,
  type Handle,
  loadHandle,
  receiveSyncMessage,
  type SyncState,
  unwrap,
} from '../../../../actors/replica/document/automerge.ts'
import { EngineLostError } from '../../../../actors/replica/document/errors.ts'
import { Counter, Text } from '../../../../actors/replica/document/values.ts'

function filled(): Handle {
  const handle = createHandle('aa')
  const value = { string: 's', text: new Text('a text'), counter: new Counter(3), list: ['x', { n: 1 }] }
  handle.putObjectFromHydrate('/', 'map', value)
  handle.put('/', 'string', 'plain')
  handle.commit(null, 0)
  return handle
}

test('strings are written as strings, texts as texts and counters as counters', () => {
  const handle = filled()
  const map = handle.objInfo(String(handle.getWithType('/', 'map')?.[1])).id
  assert.equal(handle.getWithType('/', 'string')?.[0], 'str')
  assert.equal(handle.getWithType(map, 'string')?.[0], 'str')
  assert.equal(handle.getWithType(map, 'text')?.[0], 'text')
  assert.deepEqual(handle.getWithType(map, 'counter'), ['counter', 3])
})

test('what the engine gives out is translated into what was put in', () => {
  const loaded = loadHandle('bb', filled().save())
  const state = unwrap(loaded.materialize('/')) as { map: { counter: Counter } }
  assert.deepEqual(state, {
    map: { string: 's', text: new Text('a text'), counter: new Counter(3), list: ['x', { n: 1 }] },
    string: 'plain',
  })
  assert.ok(state.map.counter instanceof Counter)
})

test('bytes that are no document are refused', () => {
  assert.throws(() => loadHandle('bb', new Uint8Array([1, 2, 3])))
})

test('two handles come level by messages', () => {
  const left = filled()
  const right = createHandle('bb')
  const ofRight = createSyncState()
  const ofLeft = createSyncState()
  for (let quiet = false; !quiet; ) {
    const said = generateSyncMessage(left, ofRight)
    if (said !== null) hear(right, ofLeft, said)
    const answered = generateSyncMessage(right, ofLeft)
    if (answered !== null) hear(left, ofRight, answered)
    quiet = said === null && answered === null
  }
  assert.deepEqual(right.getHeads(), left.getHeads())
  assert.equal(decodeChange(left.getLastLocalChange() as Uint8Array).hash, right.getHeads()[0])
})

function hear(handle: Handle, state: SyncState, bytes: Uint8Array): void {
  const message = decodeSyncMessage(bytes)
  handle.applyChanges(message.changes)
  receiveSyncMessage(handle, state, message)
}

test('a new state of a peer keeps of the old one what both surely have', () => {
  const state = createSyncState()
  const handle = filled()
  hear(handle, state, generateSyncMessage(loadHandle('bb', handle.save()), createSyncState()) as Uint8Array)
  assert.deepEqual(createSyncState(state).sharedHeads, handle.getHeads())
  assert.deepEqual(createSyncState().sharedHeads, [])
})

test('a breakdown of the engine is told from an error of one call', () => {
  const broken = Object.assign(new Error('unreachable'), { name: 'RuntimeError' })
  const lost = (error: unknown) => error instanceof EngineLostError && error.code === 'ENGINE_LOST'
  assert.throws(() => engine(() => throwing(broken)), lost)
  assert.throws(() => engine(() => throwing(new Error('Module terminated'))), lost)
  assert.throws(() => engine(() => throwing(new RangeError('no such object'))), RangeError)
  assert.equal(
    engine(() => 1),
    1,
  )
})

function throwing(error: Error): never {
  throw error
}
