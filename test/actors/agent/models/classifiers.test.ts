import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Worker } from 'node:worker_threads'
import fc from 'fast-check'
import { seededRandom } from '../../../../actors/agent/models/random.ts'
import { TextClassifier, wordsAndPairs } from '../../../../actors/agent/models/text-classifier.ts'
import { VectorClassifier } from '../../../../actors/agent/models/vector-classifier.ts'

const never = new AbortController().signal
const SMALL = { classes: ['ham', 'spam'], buckets: 1024, hidden: 4 }
const EXAMPLES = [
  { input: 'buy cheap pills now', label: 'spam' },
  { input: 'cheap watches, buy today', label: 'spam' },
  { input: 'win money now', label: 'spam' },
  { input: 'the meeting is at noon', label: 'ham' },
  { input: 'see the patch that I sent', label: 'ham' },
  { input: 'lunch at noon with the team', label: 'ham' },
]

/** Learns the examples with options, and gives the model. */
async function learnt(options: { seed?: number; hidden?: number } = {}): Promise<TextClassifier> {
  const model = new TextClassifier({ ...SMALL, ...options })
  await model.learn(EXAMPLES, never)
  return model
}

test('a text classifier learns what it is shown, and speaks of new texts by it', async () => {
  const model = await learnt()
  const labels = model
    .infer([...EXAMPLES.map((each) => each.input), 'cheap money', 'patch for lunch'], never)
    .map((each) => each.label)
  assert.deepEqual(labels, [...EXAMPLES.map((each) => each.label), 'spam', 'ham'])
})

test('the hidden layer learns what no linear model can: exclusive or', async () => {
  const cases = [
    ['a', 'b'],
    ['not a', 'not b'],
    ['a', 'not b'],
    ['not a', 'b'],
  ]
  const examples = cases.map((input, i) => ({ input, label: i < 2 ? 'ham' : 'spam' }))
  const model = new TextClassifier({ ...SMALL, hidden: 16, epochs: 400, seed: 3 })
  await model.learn(examples, never)
  assert.deepEqual(
    model.infer(cases, never).map((each) => each.label),
    examples.map((each) => each.label),
  )
})

test('three classes have probabilities that sum to one', async () => {
  const model = new TextClassifier({ classes: ['a', 'b', 'c'], buckets: 256, epochs: 40 })
  await model.learn(
    ['a', 'b', 'c'].map((label) => ({ input: [`x${label}`], label })),
    never,
  )
  const answers = model.infer([['xa'], ['xb'], ['xc']], never)
  assert.deepEqual(
    answers.map((each) => each.label),
    ['a', 'b', 'c'],
  )
  for (const { probabilities } of answers)
    assert.ok(Math.abs(probabilities.reduce((sum, p) => sum + p) - 1) < 1e-9)
})

test('the same seed gives the same model, another seed another', async () => {
  const [one, same, other] = await Promise.all([
    learnt({ seed: 7 }),
    learnt({ seed: 7 }),
    learnt({ seed: 8 }),
  ])
  assert.deepEqual(one.export(), same.export())
  assert.notDeepEqual(one.export(), other.export())
})

test('imported weights give the same answers to any text, also after a structured clone', async () => {
  const model = await learnt()
  const copy = new TextClassifier(SMALL)
  copy.import(structuredClone(model.export()))
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 5 }), (texts) => {
      assert.deepEqual(copy.infer(texts, never), model.infer(texts, never))
    }),
  )
})

test('a trained model can be sent to another thread and answers there alike', async () => {
  const model = await learnt()
  const module = import.meta.resolve('../../../../actors/agent/models/text-classifier.ts')
  const worker = new Worker(
    `const { parentPort, workerData } = require('node:worker_threads')
     import(${JSON.stringify(module)}).then(({ TextClassifier }) => {
       const model = new TextClassifier(workerData.options)
       model.import(workerData.weights)
       parentPort.postMessage(model.infer(['cheap lunch'], new AbortController().signal))
     })`,
    { eval: true, workerData: { options: SMALL, weights: model.export() } },
  )
  const answer = await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject))
  await worker.terminate()
  assert.deepEqual(answer, model.infer(['cheap lunch'], never))
})

test('weights of another shape or of other classes are refused', async () => {
  const weights = (await learnt()).export()
  assert.throws(() => new TextClassifier({ ...SMALL, hidden: 5 }).import(weights), {
    code: 'MODEL_UNAVAILABLE',
  })
  assert.throws(() => new TextClassifier({ ...SMALL, classes: ['spam', 'ham'] }).import(weights), {
    code: 'MODEL_UNAVAILABLE',
  })
})

test('a classifier that has learnt nothing says so', () => {
  const model = new TextClassifier(SMALL)
  assert.throws(() => model.infer(['x'], never), { code: 'MODEL_UNTRAINED' })
  assert.throws(() => model.export(), { code: 'MODEL_UNTRAINED' })
})

test('an unknown label and bad sizes are refused', async () => {
  await assert.rejects(new TextClassifier(SMALL).learn([{ input: 'x', label: 'eggs' }], never), {
    code: 'INVALID_OPTION',
  })
  assert.throws(() => new TextClassifier({ ...SMALL, buckets: 1000 }), { code: 'INVALID_OPTION' })
  assert.throws(() => new TextClassifier({ ...SMALL, classes: ['one'] }), { code: 'INVALID_OPTION' })
})

test('learning ends when it is cancelled, and what was learnt before stays', async () => {
  const model = await learnt()
  const before = model.infer(['cheap'], never)
  const controller = new AbortController()
  const learning = model.learn(
    EXAMPLES.map((each) => ({ ...each, label: 'ham' })),
    controller.signal,
  )
  controller.abort(new Error('enough'))
  await assert.rejects(learning, /enough/)
  assert.deepEqual(model.infer(['cheap'], never), before)
})

test('a vector classifier tells directions apart, and refuses vectors of another length', async () => {
  const random = seededRandom(1)
  const examples = Array.from({ length: 200 }, () => {
    const input = Float32Array.from({ length: 8 }, () => random() * 2 - 1)
    return { input, label: input[0]! + input[3]! > 0 ? 'up' : 'down' }
  })
  const model = new VectorClassifier({ classes: ['down', 'up'], dimensions: 8 })
  await model.learn(examples.slice(0, 150), never)
  const judged = examples.slice(150)
  const right = model
    .infer(
      judged.map((each) => each.input),
      never,
    )
    .filter((answer, i) => answer.label === judged[i]!.label)
  assert.ok(right.length >= 45, `${right.length} of 50 are right`)
  assert.throws(() => model.infer([new Float32Array(7)], never), { code: 'MODEL_FAILED' })
})

test('words come in lower case, with each pair of neighbours', () => {
  assert.deepEqual(wordsAndPairs('Buy NOW, friend'), ['buy', 'now', 'friend', 'buy now', 'now friend'])
})
