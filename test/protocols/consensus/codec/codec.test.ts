import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { readBlock, writeBlock } from '../../../../protocols/consensus/codec/block.ts'
import { ByteReader, ByteWriter, decode, encode } from '../../../../protocols/consensus/codec/bytes.ts'
import { envelopeSigningBytes } from '../../../../protocols/consensus/codec/envelope.ts'
import { fromHex, toHex } from '../../../../protocols/consensus/codec/hex.ts'
import { decodeMessage, encodeMessage } from '../../../../protocols/consensus/codec/message.ts'
import type { Message } from '../../../../protocols/consensus/messages.ts'
import {
  type Block,
  type Certificate,
  type Envelope,
  ONCE_ID_BYTES,
  type Vote,
} from '../../../../protocols/consensus/types.ts'
import { crypto } from '../sample-chain.ts'

/** Records like those that are read. */
const plain = { noNullPrototype: true }
const hashes = fc.uint8Array({ minLength: 32, maxLength: 32 }).map(toHex)
const signatures = fc.uint8Array({ minLength: 64, maxLength: 64 })
const numbers = fc.oneof(fc.nat(300), fc.maxSafeNat())
const votes: fc.Arbitrary<Vote> = fc.record(
  {
    kind: fc.constantFrom('notarize', 'nullify', 'finalize'),
    epoch: numbers,
    view: numbers,
    block: hashes,
    signer: fc.nat(255),
    signature: signatures,
  },
  plain,
)
const keys = fc.record(
  {
    id: fc.uint8Array({ minLength: ONCE_ID_BYTES, maxLength: ONCE_ID_BYTES }),
    untilMs: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
  },
  plain,
)
const envelopes: fc.Arbitrary<Envelope> = fc.record(
  {
    sender: hashes,
    sequence: numbers,
    priority: fc.nat(7),
    transactions: fc.array(
      fc.record(
        {
          machine: fc.string({ maxLength: 16, unit: 'grapheme' }),
          payload: fc.uint8Array({ maxLength: 40 }),
          once: keys,
        },
        { ...plain, requiredKeys: ['machine', 'payload'] },
      ),
      { maxLength: 3 },
    ),
    signature: signatures,
  },
  plain,
)
const blocks: fc.Arbitrary<Block> = fc.record(
  {
    header: fc.record(
      {
        chain: hashes,
        epoch: numbers,
        height: numbers,
        parent: hashes,
        proposer: fc.nat(255),
        timestampMs: numbers,
        validators: hashes,
        nextValidators: hashes,
        stateHeight: numbers,
        stateRoot: hashes,
        transactions: hashes,
        evidence: hashes,
        signers: fc.uint8Array({ maxLength: 32 }),
      },
      plain,
    ),
    envelopes: fc.array(envelopes, { maxLength: 3 }),
    evidence: fc.array(fc.record({ offender: hashes, first: votes, second: votes }, plain), { maxLength: 2 }),
  },
  plain,
)

test('a block reads back as it was written, and its bytes are the only ones', () => {
  fc.assert(
    fc.property(blocks, (block) => {
      const bytes = encode(block, writeBlock)
      const read = decode(bytes, readBlock)
      assert.deepEqual(read, block)
      assert.deepEqual(encode(read, writeBlock), bytes)
    }),
  )
})

test('changed bytes are refused, or are those of another block', () => {
  fc.assert(
    fc.property(blocks, fc.nat(), fc.integer({ min: 1, max: 255 }), (block, place, flip) => {
      const bytes = encode(block, writeBlock)
      bytes[place % bytes.length]! ^= flip
      let read: Block
      try {
        read = decode(bytes, readBlock)
      } catch (error) {
        assert.equal((error as { code?: string }).code, 'MALFORMED_BYTES')
        return
      }
      assert.notDeepEqual(read, block)
      assert.deepEqual(encode(read, writeBlock), bytes)
    }),
    { numRuns: 500 },
  )
})

test('bytes that end early or go on are refused', () => {
  fc.assert(
    fc.property(blocks, fc.nat(), (block, cut) => {
      const bytes = encode(block, writeBlock)
      assert.throws(() => decode(bytes.subarray(0, cut % bytes.length), readBlock), {
        code: 'MALFORMED_BYTES',
      })
      assert.throws(() => decode(Uint8Array.of(...bytes, 0), readBlock), /1 bytes follow the end/)
    }),
    { numRuns: 50 },
  )
})

const signedBytes = (chain: string, envelope: Envelope) => envelopeSigningBytes(chain, envelope, crypto)

test('what an envelope signs covers all of it, for one chain', () => {
  fc.assert(
    fc.property(hashes, hashes, envelopes, (chain, other, envelope) => {
      fc.pre(chain !== other)
      const bytes = toHex(signedBytes(chain, envelope))
      assert.equal(bytes, toHex(signedBytes(chain, { ...envelope })))
      const changed = [
        signedBytes(other, envelope),
        signedBytes(chain, { ...envelope, sequence: envelope.sequence === 1 ? 2 : 1 }),
        signedBytes(chain, { ...envelope, priority: (envelope.priority + 1) % 8 }),
        signedBytes(chain, {
          ...envelope,
          transactions: [...envelope.transactions, { machine: 'more', payload: new Uint8Array(0) }],
        }),
      ]
      for (const item of changed) assert.notEqual(toHex(item), bytes)
    }),
  )
})

test('numbers have one form, and a bound', () => {
  const read = (...bytes: number[]) => new ByteReader(Uint8Array.of(...bytes)).varint(1_000)
  assert.equal(read(0xe8, 0x07), 1_000)
  assert.throws(() => read(0xe9, 0x07), /above 1000/)
  assert.throws(() => read(0x81, 0x00), /shortest form/)
  assert.throws(() => read(0x81), /end too early/)
  const nine = Array.from({ length: 8 }, () => 0xff)
  assert.throws(() => new ByteReader(Uint8Array.of(...nine, 1)).varint(), /shortest form/)
})

test('a length alone reserves nothing, and texts are UTF-8', () => {
  assert.throws(
    () => new ByteReader(Uint8Array.of(200, 1)).list(1_000, (reader) => reader.varint()),
    /end too early/,
  )
  assert.throws(() => new ByteReader(Uint8Array.of(1, 0xff)).text(4), /not UTF-8/)
  assert.throws(() => new ByteReader(Uint8Array.of(5, 0)).text(4), /above 4/)
  assert.equal(new ByteReader(new ByteWriter(1).text('é').done()).text(2), 'é')
})

test('encoding inside of encoding does not mix', () => {
  const outer = encode('a', (writer, text) => {
    writer.text(text).bytes(encode('inner', (other, inner) => void other.text(inner)))
  })
  assert.deepEqual([...outer], [1, 97, 6, 5, ...Buffer.from('inner')])
  const large = encode(new Uint8Array(100_000), (writer, bytes) => void writer.bytes(bytes))
  assert.equal(large.length, 100_003)
})

test('hexadecimal digits are lower-case and in pairs', () => {
  assert.equal(toHex(Uint8Array.of(0, 15, 255)), '000fff')
  assert.deepEqual(fromHex('000fff'), Uint8Array.of(0, 15, 255))
  for (const bad of ['0', '0G', 'AB', 'é0']) assert.throws(() => fromHex(bad), { code: 'MALFORMED_BYTES' })
})

const certificates: fc.Arbitrary<Certificate> = fc.record(
  {
    kind: fc.constantFrom('notarize', 'nullify', 'finalize'),
    epoch: numbers,
    view: numbers,
    block: hashes,
    signers: fc.uint8Array({ maxLength: 32 }),
    signatures: fc.array(signatures, { maxLength: 4 }),
  },
  plain,
)
const evidence = fc.record({ offender: hashes, first: votes, second: votes }, plain)
const kind = <T extends Message['kind']>(name: T) => fc.constant(name)
const messages: fc.Arbitrary<Message> = fc.oneof(
  fc.record(
    {
      kind: kind('proposal'),
      block: blocks,
      parentView: numbers,
      parentCertificate: fc.option(certificates, { nil: undefined }),
      vote: votes,
    },
    plain,
  ),
  fc.record({ kind: kind('vote'), vote: votes }, plain),
  fc.record({ kind: kind('certificate'), certificate: certificates }, plain),
  fc.record({ kind: kind('evidence'), evidence }, plain),
  fc.record({ kind: kind('status'), epoch: numbers, view: numbers, height: numbers }, plain),
  fc.record({ kind: kind('get-views'), epoch: numbers, from: numbers, to: numbers }, plain),
  fc.record({ kind: kind('get-block'), hash: hashes }, plain),
  fc.record({ kind: kind('block'), block: blocks }, plain),
  fc.record({ kind: kind('get-chain'), height: numbers }, plain),
  fc.record(
    { kind: kind('chain'), blocks: fc.array(blocks, { maxLength: 2 }), certificate: certificates },
    plain,
  ),
)

test('every message reads back as it was sent', () => {
  fc.assert(
    fc.property(messages, (message) => {
      const bytes = encodeMessage(message)
      assert.deepEqual(decodeMessage(bytes), message)
      assert.deepEqual(encodeMessage(decodeMessage(bytes)), bytes)
    }),
    { numRuns: 300 },
  )
})

test('any bytes are a message or are refused, and nothing else', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      try {
        assert.deepEqual(encodeMessage(decodeMessage(bytes)), new Uint8Array(bytes))
      } catch (error) {
        assert.equal((error as { code?: string }).code, 'MALFORMED_BYTES')
      }
    }),
    { numRuns: 2_000 },
  )
  assert.throws(() => decodeMessage(Uint8Array.of(99)), /unknown kind of message/)
})
