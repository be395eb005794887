import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { listDataset, splitHalves } from '../../../../scripts/triage/mail/dataset.ts'
import type { Letter } from '../../../../scripts/triage/mail/source.ts'

const letters = await listDataset()

function files(some: readonly Letter[]): string[] {
  return some.map((letter) => letter.file)
}

test('the collection has 6,046 letters, 1,896 of them spam, and no name tells which', () => {
  assert.equal(letters.length, 6_046)
  assert.equal(letters.filter((letter) => letter.spam).length, 1_896)
  assert.equal(new Set(letters.map((letter) => letter.id)).size, 6_046)
  assert.ok(letters.every((letter) => /^mail-\d{4}$/.test(letter.id)))
})

test('the halves share no letter and no copy of one, and have the same share of spam', async () => {
  const { learn, judge } = await splitHalves(letters, { seed: 1 })
  assert.equal(learn.length + judge.length, letters.length)
  assert.ok(Math.abs(learn.length - judge.length) <= 20)
  assert.ok(
    Math.abs(learn.filter((each) => each.spam).length - judge.filter((each) => each.spam).length) <= 10,
  )
  const bodies = async (half: readonly Letter[]): Promise<Set<string>> =>
    new Set(
      await Promise.all(
        half.map(async ({ file }) =>
          (await readFile(file, 'latin1'))
            .split(/\r?\n\r?\n/)
            .slice(1)
            .join('\n\n'),
        ),
      ),
    )
  const learnt = await bodies(learn)
  learnt.delete('')
  assert.deepEqual(
    [...(await bodies(judge))].filter((body) => learnt.has(body)),
    [],
  )
})

test('the same seed divides alike, another seed otherwise', async () => {
  const some = letters.filter((_, i) => i % 20 === 0)
  const [one, same, other] = await Promise.all([1, 1, 2].map((seed) => splitHalves(some, { seed })))
  assert.deepEqual(one, same)
  assert.notDeepEqual(files(one!.learn), files(other!.learn))
})

test('a sample has the size that was asked for, and the share of spam of the whole', async () => {
  const { learn, judge } = await splitHalves(letters, { seed: 5, sample: 600 })
  const both = [...learn, ...judge]
  assert.ok(Math.abs(both.length - 600) <= 20, `${both.length}`)
  assert.ok(Math.abs(both.filter((each) => each.spam).length / both.length - 1_896 / 6_046) < 0.02)
})
