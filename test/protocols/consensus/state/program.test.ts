import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Program, ProgramMachine } from '../../../../protocols/consensus/state/program.ts'
import { crypto } from '../sample-chain.ts'

const context = { sender: 'a'.repeat(64), height: 1, epoch: 0, index: 0, timestampMs: 0 }
const text = (bytes: Uint8Array | undefined) => bytes && Buffer.from(bytes).toString()
const bytes = (value: string) => new TextEncoder().encode(value)

/** Does what the payload says: "set k v", "drop k", "get k", or both before it fails. */
const program: Program = {
  name: 'words',
  maxKeys: 2,
  apply(store, payload) {
    const [word, key = '', value = ''] = text(payload)!.split(' ')
    if (word === 'get') return store.get(key)
    if (word === 'drop') store.delete(key)
    else store.set(key, bytes(value))
    if (word === 'fail') throw new Error('nothing of this counts')
    return undefined
  },
  beginBlock(store, { height }) {
    if (store.get('height')) store.set('height', bytes(String(height)))
  },
}

function machineOf() {
  const machine = new ProgramMachine(program, crypto)
  const run = (line: string) => {
    const outcome = machine.apply(bytes(line), context)
    return outcome.ok ? text(outcome.value) : outcome.reason
  }
  return { machine, run }
}

test('a program writes keys, answers, and runs at the beginning of a block', () => {
  const { machine, run } = machineOf()
  assert.equal(machine.name, 'words')
  assert.equal(run('set a 1'), '')
  assert.equal(run('get a'), '1')
  run('set height 0')
  machine.beginBlock({ height: 7, epoch: 0, timestampMs: 0 })
  assert.equal(text(machine.get('height')), '7')
  assert.ok(machine.prove('a') && !machine.prove('b'))
  run('drop a')
  assert.equal(machine.get('a'), undefined)
})

test('a program that throws, or goes beyond a bound, has changed nothing', () => {
  const { machine, run } = machineOf()
  run('set a 1')
  const before = machine.root()
  assert.equal(run('fail a 2'), 'nothing of this counts')
  assert.equal(run(`set ${'k'.repeat(257)} 1`), 'a key has 256 bytes at most')
  assert.equal(run(`set a ${'v'.repeat(64 * 1_024 + 1)}`), 'a value has 65536 bytes at most')
  assert.equal(machine.root(), before)
  run('set b 1')
  assert.equal(run('set c 1'), 'there is room for 2 keys')
  run('drop c')
  run('drop b')
  assert.equal(run('set c 1'), '')
})

test('a value is not changed by who goes on writing to its bytes', () => {
  const shared = Uint8Array.of(1)
  const keeping: Program = {
    name: 'keeping',
    apply(store) {
      store.set('a', shared)
      shared[0]!++
      const thrown: unknown = 'not an error'
      throw thrown
    },
  }
  assert.deepEqual(new ProgramMachine(keeping, crypto).apply(shared, context), {
    ok: false,
    reason: 'not an error',
  })
  const { machine } = {
    machine: new ProgramMachine(
      { ...keeping, apply: (store, payload) => store.set('a', payload) as undefined },
      crypto,
    ),
  }
  const payload = Uint8Array.of(1)
  machine.apply(payload, context)
  machine.beginBlock({ height: 1, epoch: 0, timestampMs: 0 })
  payload[0] = 2
  assert.deepEqual(machine.get('a'), Uint8Array.of(1))
})

test('a saved program goes on as the one that was saved', () => {
  const { machine, run } = machineOf()
  run('set a 1')
  run('set b 2')
  const copy = machineOf()
  copy.machine.load([...machine.save()])
  assert.equal(copy.machine.root(), machine.root())
  assert.equal(copy.run('get b'), '2')
  const twice = [...machine.save(), ...machine.save()]
  assert.throws(() => machineOf().machine.load(twice), /is there twice/)
})
