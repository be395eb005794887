import assert from 'node:assert/strict'
import { test } from 'node:test'
import { replicas } from '../../../actors/replica/index.ts'
import { completeLimits } from '../../../actors/replica/limits.ts'
import { documentId, typeOf } from '../../../actors/replica/types.ts'
import { InvalidOptionError } from '../../../runtime/index.ts'

test('an impossible option of the service is named', () => {
  assert.throws(() => replicas({ storage: 'floppy' as 'embedded' }), /embedded, volatile/)
  assert.throws(() => completeLimits({ memoryMb: 0 }), /memoryMb has to be a whole number from 1/)
  assert.throws(() => completeLimits({ speed: 1 } as never), /no limit "speed".*memoryMb/)
})

test('an id is a type and a name', () => {
  assert.equal(documentId('agent-state', 'a/b'), 'agent-state/a/b')
  assert.equal(typeOf('agent-state/a/b'), 'agent-state')
  for (const id of ['agent-state', 'other/name', 'agent-state/', '', 7])
    assert.throws(() => typeOf(id as string), InvalidOptionError)
})
