import assert from 'node:assert/strict'
import { resolve } from 'node:path'
import { test } from 'node:test'
import { type ActorRef, child, type Service, supervisor } from '../../runtime/index.ts'
import { Counter } from '../actors-under-test/basics.ts'
import { Visitor } from '../actors-under-test/local.ts'
import { startSystem } from '../support/systems.ts'

test('a service runs under /system, with the classes of its own modules', async () => {
  const service: Service = {
    name: 'counting',
    supervisor: supervisor({ children: { counter: child(Counter, [5]) } }),
    modules: [new URL('../actors-under-test/basics.ts', import.meta.url)],
  }
  await using system = await startSystem({ modules: [], services: [service], threads: 1 })
  const counter = (await system.lookup('/system/counting/counter')) as ActorRef<Counter> | undefined
  assert.equal(await counter?.ask.total(), 5)
})

test('a service may look at the settings of its system first', async () => {
  const seen: unknown[] = []
  const service: Service = {
    name: 'curious',
    supervisor(settings) {
      seen.push(settings)
      return supervisor({})
    },
  }
  await using _ = await startSystem({ name: 'observed', dataDir: 'some-folder', services: [service] })
  assert.deepEqual(seen, [{ name: 'observed', dataDir: resolve('some-folder') }])
})

test("a service's modules don't keep a program on one thread from using classes that it does not export", async () => {
  const service: Service = {
    name: 'visiting',
    supervisor: supervisor({ children: { visitor: child(Visitor) } }),
    modules: [new URL('../actors-under-test/local.ts', import.meta.url)],
  }
  await using system = await startSystem({ modules: [], services: [service], threads: 0 })
  const counter = await system.spawn(Counter, { args: [1] })
  assert.equal(await counter.ask.add(1), 2)
})
