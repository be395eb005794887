import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Intake, type IntakeRefusal } from '../../../../actors/validator/node/intake.ts'
import type { SignatureCheck } from '../../../../protocols/consensus/events.ts'
import { hashGenesis } from '../../../../protocols/consensus/genesis.ts'
import {
  crypto,
  genesisOf,
  KEYS,
  type Key,
  ledgerOf,
  newKey,
  signed,
  transaction,
} from '../../../protocols/consensus/sample-chain.ts'

const [alice] = KEYS as [Key]
const envelopeOf = (sequence: number, key = alice) =>
  signed(key, { sequence, priority: 0, transactions: [transaction()] })

function intakeOf() {
  const ledger = ledgerOf()
  const pending: (() => void)[] = []
  const checked: number[] = []
  let wanted = 0
  const intake = new Intake(ledger, hashGenesis(genesisOf(), crypto), {
    verify: (checks: readonly SignatureCheck[], done) => {
      checked.push(checks.length)
      pending.push(() => done(checks.map(crypto.verify)))
    },
    soon: () => void wanted++,
    added: () => {},
  })
  const told: (IntakeRefusal | undefined | 'nothing')[] = []
  const add = (envelope: ReturnType<typeof envelopeOf>) => {
    const at = told.push('nothing') - 1
    intake.add(envelope, undefined, (refusal) => void (told[at] = refusal))
  }
  const finish = () => {
    for (const run of pending.splice(0)) run()
  }
  return { ledger, intake, add, told, checked, finish, wanted: () => wanted }
}

test('what comes together is checked together, and then is in the pool', () => {
  const { ledger, intake, add, told, checked, finish, wanted } = intakeOf()
  for (let sequence = 1; sequence <= 5; sequence++) add(envelopeOf(sequence))
  assert.equal(wanted(), 1)
  intake.flush()
  intake.flush()
  assert.deepEqual(checked, [5])
  assert.deepEqual(told, Array(5).fill('nothing'))
  finish()
  assert.deepEqual(told, Array(5).fill(undefined))
  assert.ok(ledger.pool.has(envelopeOf(5)))
})

test('a wrong signature, a stranger and what is known already are refused', () => {
  const { intake, add, told, finish, checked } = intakeOf()
  const good = envelopeOf(1)
  add({ ...good, signature: new Uint8Array(64) })
  add(envelopeOf(1, newKey()))
  intake.flush()
  finish()
  add(good)
  intake.flush()
  finish()
  add(good)
  assert.deepEqual(told, ['invalid-signature', 'unknown-sender', undefined, 'duplicate'])
  assert.deepEqual(checked, [1, 1], 'what is refused at once costs no check')
})

test('two that want the same place are judged again after their signatures', () => {
  const { intake, add, told, finish } = intakeOf()
  add(envelopeOf(1))
  add(signed(alice, { sequence: 1, priority: 1, transactions: [transaction()] }))
  intake.flush()
  finish()
  assert.deepEqual(told, [undefined, 'sequence-taken'])
})

test('no more than so many wait', () => {
  const { add, told } = intakeOf()
  const one = envelopeOf(1)
  for (let i = 0; i < 16_385; i++) add(one)
  assert.equal(told.at(-1), 'busy')
  assert.equal(told.filter((refusal) => refusal === 'busy').length, 1)
})

test('what one peer sends takes not the room of others and of clients', () => {
  const told: (string | undefined)[] = []
  const ledger = ledgerOf()
  const intake = new Intake(ledger, hashGenesis(genesisOf(), crypto), {
    verify: () => {},
    soon: () => {},
    added: () => {},
  })
  const one = envelopeOf(1)
  for (let i = 0; i < 3_000; i++) intake.add(one, 'peer', (refusal) => void told.push(refusal))
  assert.equal(told.filter((refusal) => refusal === 'busy').length, 3_000 - 2_048)
  for (const other of ['another', undefined])
    intake.add(one, other, () => assert.fail('it is refused at once'))
})
