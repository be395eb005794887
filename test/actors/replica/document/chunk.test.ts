import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deflateRawSync } from 'node:zlib'
import { MalformedError, TooLargeError } from '../../../../actors/replica/document/byte-reader.ts'
import { CHUNK_KINDS, DigestError, readChunks } from '../../../../actors/replica/document/chunk.ts'
import { Document } from '../../../../actors/replica/document/document.ts'

function changed(): { hash: string; bytes: Uint8Array } {
  const document = Document.create<Record<string, string>>({ id: 'a/b', type: 'a', actor: 'aa', initial: {} })
  document.edit((draft) => void (draft.long = 'x'.repeat(1_000)), { author: '/user/a' })
  return document.commit(0) as NonNullable<ReturnType<typeof document.commit>>
}

/** A deflated change, of which only the content is not as it was written. */
function deflated(checksum: Uint8Array, content: Uint8Array): Uint8Array {
  const length = [(content.length % 128) + 128, content.length >> 7]
  return Uint8Array.from([
    0x85,
    0x6f,
    0x4a,
    0x83,
    ...checksum,
    CHUNK_KINDS.deflatedChange,
    ...length,
    ...content,
  ])
}

test('a change is known by its hash, deflated or not', () => {
  const { hash, bytes } = changed()
  const [chunk] = readChunks(bytes, 10_000)
  assert.equal(chunk?.hash, hash)
  const { content } = chunk as NonNullable<typeof chunk>
  const again = deflated(Buffer.from(hash.slice(0, 8), 'hex'), deflateRawSync(content, { level: 0 }))
  const [other] = readChunks(again, 10_000)
  assert.deepEqual([other?.hash, other?.kind], [hash, CHUNK_KINDS.change])
})

test('chunks one after the other are read as they are', () => {
  const { hash, bytes } = changed()
  const chunks = readChunks(Buffer.concat([bytes, bytes]), 10_000)
  assert.deepEqual(
    chunks.map((chunk) => chunk.hash),
    [hash, hash],
  )
  assert.deepEqual(
    chunks.map((chunk) => [...chunk.bytes]),
    [[...bytes], [...bytes]],
  )
  assert.deepEqual(readChunks(new Uint8Array(), 10), [])
})

test('what inflates to more than allowed, to nothing, or to something else is refused', () => {
  const { hash, bytes } = changed()
  const checksum = Buffer.from(hash.slice(0, 8), 'hex')
  assert.throws(
    () => readChunks(deflated(checksum, deflateRawSync(new Uint8Array(1e6))), 10_000),
    TooLargeError,
  )
  assert.throws(() => readChunks(deflated(checksum, new Uint8Array(200).fill(0xff)), 10_000), MalformedError)
  assert.throws(() => readChunks(deflated(checksum, deflateRawSync(new Uint8Array(99))), 10_000), DigestError)
  assert.throws(() => readChunks(bytes, 100), TooLargeError)
  assert.throws(() => readChunks(new Uint8Array(20), 100), /does not begin as a chunk does/)
})
