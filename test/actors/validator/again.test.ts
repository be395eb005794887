import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decisions, validators } from '../../../actors/validator/index.ts'
import type { ActorSystem } from '../../../runtime/index.ts'
import { startSystem } from '../../support/systems.ts'
import { errorOf } from '../../support/until.ts'

const start = (): Promise<ActorSystem> =>
  startSystem({ services: [validators({ storage: 'volatile' })], limits: { askTimeoutMs: 20_000 } })

test('what is to be decided once is, whoever asks for it at the same time or later; other calls decide anew', async () => {
  await using system = await start()
  const { decide, follow } = decisions(system)
  const ask = (value: unknown, once: boolean) => decide('work', value, { once })
  const together = await Promise.all(Array.from({ length: 8 }, () => ask({ letter: 1 }, true)))
  const later = await ask({ letter: 1 }, true)
  const places = [...together, later].map(({ height, index }) => `${height}/${index}`)
  assert.equal(new Set(places).size, 1)
  for (const { value, certificate, headers } of together) {
    assert.deepEqual(value, { letter: 1 })
    assert.equal(headers[0]!.height, later.height)
    assert.equal(certificate.kind, 'finalize')
  }
  await ask({ letter: 2 }, true)
  await ask({ letter: 1 }, false)
  await ask({ letter: 1 }, false)
  const seen: unknown[] = []
  for await (const { value } of follow('work')) if (seen.push(value) === 4) break
  assert.deepEqual(seen, [{ letter: 1 }, { letter: 2 }, { letter: 1 }, { letter: 1 }])
})

test('a follower ends with the system', async () => {
  const system = await start()
  const { decide, follow } = decisions(system)
  const first = Promise.withResolvers<void>()
  const following = errorOf(
    (async () => {
      for await (const _ of follow('work')) first.resolve()
    })(),
  )
  await decide('work', 1)
  await first.promise
  await system.shutdown()
  assert.equal(((await following) as { code?: string }).code, 'SYSTEM_STOPPED')
})
