import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { readChunks } from '../../../../actors/replica/document/chunk.ts'
import { Document } from '../../../../actors/replica/document/document.ts'
import { Counter, Text } from '../../../../actors/replica/document/values.ts'
import { decode, encode } from '../../../../actors/replica/epochs/change-codec.ts'
import { chooser, randomEdit } from '../document/random-edit.ts'

type Root = Record<string, unknown>
const BY = { author: '/user/agent-1' }
const OPTIONS = { id: 'agent-state/s', type: 'agent-state' }
const numbers = fc.array(fc.nat(), { minLength: 8, maxLength: 40 })
const edits = fc.array(numbers, { minLength: 1, maxLength: 12 })

test('a change that was read is written as the same bytes as the engine has written it', () => {
  fc.assert(
    fc.property(fc.array(edits, { minLength: 1, maxLength: 6 }), (commits) => {
      const initial = { a: { b: [1, { c: 'x' }] }, b: [new Counter(1), 'y'], c: new Text('some text') }
      const one = Document.create<Root>({ ...OPTIONS, actor: 'bb', initial })
      const other = Document.load<Root>({ ...OPTIONS, actor: 'aa' }, [one.save()])
      for (const [index, commit] of commits.entries()) {
        const document = index % 2 === 0 ? one : other
        for (const choices of commit) document.edit((draft) => randomEdit(draft, chooser(choices)), BY)
        document.commit(index * 1_000)
        if (index % 3 === 2) other.receive(one.changesSince(other.heads))
        if (index % 3 === 1) one.receive(other.changesSince(one.heads))
      }
      for (const bytes of [...one.changesSince([]), ...other.changesSince([])]) {
        const [chunk] = readChunks(bytes, 1e9)
        const again = encode(decode(bytes))
        assert.equal(again.hash, chunk!.hash)
        assert.equal(readChunks(again.bytes, 1e9)[0]!.hash, chunk!.hash)
      }
    }),
    { numRuns: 200 },
  )
})
