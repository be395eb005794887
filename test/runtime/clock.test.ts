/** What the real clock does with code that is to run as soon as the running code has ended. */
import assert from 'node:assert/strict'
import { AsyncLocalStorage } from 'node:async_hooks'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { realClock } from '../../runtime/clock.ts'

test('code runs soon, in order, and what it hands over runs as well', async () => {
  const ran: string[] = []
  const last = new Promise<void>((resolve) => {
    realClock.soon(() => {
      ran.push('first')
      realClock.soon(() => {
        ran.push('third')
        resolve()
      })
    })
    realClock.soon(() => ran.push('second'))
  })
  assert.deepEqual(ran, [])
  await last
  assert.deepEqual(ran, ['first', 'second', 'third'])
})

test('code that runs soon does not belong to the context of whoever handed it over', async () => {
  const storage = new AsyncLocalStorage<string>()
  const seen = await storage.run('theirs', () => {
    return new Promise((resolve) => realClock.soon(() => resolve(storage.getStore())))
  })
  assert.equal(seen, undefined)
})

test('code that throws is reported and keeps nothing else from running', () => {
  const program = `
    import { realClock } from ${JSON.stringify(import.meta.resolve('../../runtime/clock.ts'))}
    process.on('unhandledRejection', (error) => console.log('reported', error.message))
    realClock.soon(() => { throw new Error('broken') })
    realClock.soon(() => realClock.soon(() => console.log('went on')))`
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '--eval', program], {
    encoding: 'utf8',
  })
  assert.deepEqual(stdout.trim().split('\n').sort(), ['reported broken', 'went on'])
})
