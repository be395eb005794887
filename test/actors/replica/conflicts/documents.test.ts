/** Resolutions among whole documents, whose admission looks at them as at any change from elsewhere. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Conflicts } from '../../../../actors/replica/conflicts/conflicts.ts'
import type { PolicyName } from '../../../../actors/replica/conflicts/rules.ts'
import { Document } from '../../../../actors/replica/document/document.ts'
import { anyValue } from '../versions/documents.ts'

interface State {
  owner: unknown
  list: unknown[]
}

const SHAPE = { id: 'agent-state/a', type: 'agent-state', initial: { owner: 'nobody', list: [1, 2] } }

test('another replica admits every resolution, whatever was in conflict', () => {
  const values = fc.array(anyValue, { minLength: 4, maxLength: 4 })
  fc.assert(
    fc.property(values, fc.constantFrom<PolicyName>('highest', 'lowest', 'union'), (written, policy) => {
      const [a, b] = ['a1', 'b1'].map((actor) =>
        Document.create<State>({ ...SHAPE, actor: actor.repeat(16) }),
      )
      assert.ok(a && b)
      const conflicts = new Conflicts({ '**': policy })
      conflicts.list(a.handle)
      a.onPatches((patches) => conflicts.note(() => a.handle, patches))
      const changes = [a, b].map((document, index) => {
        const write = (draft: State) => {
          draft.owner = written[2 * index]
          draft.list[1] = written[2 * index + 1]
        }
        document.edit(write, { author: '/user/x' })
        return document.commit(1_000)?.bytes as Uint8Array
      })
      a.receive(changes.slice(1))
      b.receive(changes.slice(0, 1))
      for (
        let { resolutions } = conflicts.settle(a.handle);
        resolutions.length > 0;
        { resolutions } = conflicts.settle(a.handle)
      )
        for (const { bytes, hash } of resolutions) {
          a.applyOwn(bytes)
          assert.deepEqual(
            b.receive([bytes]).applied.map((change) => change.hash),
            [hash],
          )
        }
      assert.deepEqual(b.view(), a.view())
      assert.deepEqual(new Conflicts().list(b.handle, { lastWriter: true }).conflicts, [])
      b.save()
      a.free()
      b.free()
    }),
    { numRuns: 100 },
  )
})
