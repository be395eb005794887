/** The order of messages in a mailbox, whatever their kind and number. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { missingHandler } from '../../../runtime/actor/actor-type.ts'
import { Envelope } from '../../../runtime/mailbox/envelope.ts'
import { Mailbox } from '../../../runtime/mailbox/mailbox.ts'

const handler = missingHandler('any')

function envelope(...args: unknown[]): Envelope {
  return new Envelope(handler, args, null, null, null)
}

/** Puts a message with this number, with one argument, two, or in an envelope. */
function put(mailbox: Mailbox, number: number): void {
  if (number % 3 === 0) mailbox.put(handler, 1, number, null)
  else if (number % 3 === 1) mailbox.put(handler, 2, [number, 'second'], null)
  else mailbox.putEnvelope(envelope(number))
}

function takeAll(mailbox: Mailbox): unknown[] {
  return [...mailbox.drain()].map(({ args }) => args[0])
}

test('messages come out in the order in which they went in, however many wait', () => {
  const steps = fc.array(fc.record({ puts: fc.nat(300), takes: fc.nat(300) }), { maxLength: 12 })
  const property = fc.property(steps, (each) => {
    const mailbox = new Mailbox(1_000_000)
    let [total, taken] = [0, 0]
    for (const { puts, takes } of each) {
      for (let i = 0; i < puts; i++) put(mailbox, total++)
      for (let i = 0; i < takes && taken < total; i++) assert.equal(mailbox.takeUser()?.args[0], taken++)
      assert.equal(mailbox.length, total - taken)
      assert.equal(mailbox.empty, total === taken)
    }
    assert.deepEqual(
      takeAll(mailbox),
      Array.from({ length: total - taken }, (_, i) => taken + i),
    )
  })
  fc.assert(property)
})

test('a message keeps its arguments, its sender and, as an envelope, itself', () => {
  const mailbox = new Mailbox(10)
  const from = { thread: 1, serial: 2, type: 'Any', path: '/user/any' }
  const sent = new Envelope(handler, ['in an envelope'], from, null, null)
  mailbox.put(handler, 0, [], from)
  mailbox.put(handler, 1, ['a list'], null)
  mailbox.putEnvelope(sent)
  const [none, one, whole] = mailbox.drain()
  assert.deepEqual([none?.args, none?.from], [[], from])
  assert.deepEqual([one?.args, one?.from], [[['a list']], null])
  assert.equal(whole, sent)
})

test('an empty mailbox gives nothing and keeps nothing of what it had', () => {
  const mailbox = new Mailbox(10)
  mailbox.put(handler, 1, { large: true }, null)
  assert.notEqual(mailbox.takeUser(), null)
  assert.equal(mailbox.takeUser(), null)
  assert.deepEqual([mailbox.handler, mailbox.arg, mailbox.from], [null, undefined, null])
})

test('what the runtime sends comes first, then what is run again, last what is parked', () => {
  const mailbox = new Mailbox(2)
  mailbox.put(handler, 1, 'user', null)
  mailbox.put(handler, 1, 'second', null)
  assert.equal(mailbox.full, true)
  mailbox.park(envelope('parked'))
  mailbox.putAgain(envelope('again'))
  mailbox.putSystem(envelope('system'))
  assert.deepEqual([mailbox.length, mailbox.parked, mailbox.rare?.urgent], [2, 1, 2])
  assert.deepEqual(takeAll(mailbox), ['system', 'again', 'user', 'second', 'parked'])
  assert.equal(mailbox.empty, true)
})

test('what the runtime sent to an instance can be taken out alone', () => {
  const mailbox = new Mailbox(2)
  assert.deepEqual([...mailbox.drainSystem()], [])
  mailbox.put(handler, 1, 'user', null)
  mailbox.putSystem(envelope('system'))
  assert.equal(mailbox.empty, false)
  assert.deepEqual(
    [...mailbox.drainSystem()].map(({ args }) => args[0]),
    ['system'],
  )
  assert.deepEqual(takeAll(mailbox), ['user'])
})
