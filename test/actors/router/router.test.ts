/** Routers over real threads. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type Router, router, routerOver } from '../../../actors/router/index.ts'
import { ActorGoneError, type ActorRef, ActorSystem, InvalidOptionError } from '../../../runtime/index.ts'
import { Clerk, Desk } from './actors.ts'

const modules = [import.meta.resolve('./actors.ts')]
let system: ActorSystem

before(async () => {
  system = await ActorSystem.start({ modules, threads: 2, logLevel: 'silent', signals: false })
})
after(() => system.shutdown())

function pathsOf(refs: readonly ActorRef[]): string[] {
  return refs.map(({ path }) => path)
}

test('round robin gives every routee the same number of calls', async () => {
  const desks = await router(system, Desk, { size: 3, strategy: 'round-robin', name: 'round' })
  assert.deepEqual(pathsOf(desks.refs), [
    '/user/round/routee-0',
    '/user/round/routee-1',
    '/user/round/routee-2',
  ])
  const served = await Promise.all(Array.from({ length: 6 }, () => desks.ask.where()))
  assert.deepEqual(served, [...pathsOf(desks.refs), ...pathsOf(desks.refs)])
  for (let n = 0; n < 6; n++) desks.tell.serve(`customer ${n}`)
  for (let n = 0; n < 3; n++) await desks.offer.serve('offered')
  for (const ref of desks.refs) assert.equal((await ref.ask.seen()).length, 3)
  await desks.stop()
})

test('the least queue gets the next call', async () => {
  const desks = await router(system, Desk, { size: 3, strategy: 'least-queue', pool: 'default' })
  const [first, second, third] = desks.refs as [ActorRef<Desk>, ActorRef<Desk>, ActorRef<Desk>]
  const waiting = [desks.ask.queue(), desks.ask.queue()]
  assert.equal(await desks.ask.where(), third.path)
  assert.equal(await desks.ask.where(), third.path)
  second.tell.release()
  assert.equal(await waiting[1], second.path)
  const next = [await desks.ask.where(), await desks.ask.where()]
  assert.deepEqual(next.sort(), [second.path, third.path])
  first.tell.release()
  assert.equal(await waiting[0], first.path)
  await desks.stop()
})

test('a call that fails is under way no longer', async () => {
  const desks = await router(system, Desk, { size: 2, strategy: 'least-queue' })
  for (let n = 0; n < 3; n++)
    await assert.rejects(desks.within(5_000).ask.fail(), { message: 'out of forms' })
  const served = new Set([await desks.ask.where(), await desks.ask.where()])
  assert.equal(served.size, 2)
  await desks.stop()
})

test('calls of one key go to one routee, whoever routes', async () => {
  const key = ({ args }: { args: readonly unknown[] }) => String(args[0])
  const desks = await router(system, Desk, { size: 4, strategy: 'consistent-hash', key })
  const clerk = await system.spawn(Clerk)
  for (let n = 0; n < 40; n++) await desks.ask.serve(`customer ${n % 10}`)
  for (let n = 0; n < 10; n++) await clerk.ask.useSent(desks.refs, `customer ${n}`)
  const seen = await Promise.all(desks.refs.map((ref) => ref.ask.seen()))
  for (let n = 0; n < 10; n++) {
    const times = seen.map((list) => list.filter((customer) => customer === `customer ${n}`).length)
    assert.deepEqual(times.toSorted(), [0, 0, 0, 5])
  }
  await desks.stop()
})

test('a broadcast reaches all, and resolves with what all have answered', async () => {
  const desks = await router(system, Desk, { size: 3, strategy: 'broadcast', args: ['window'] })
  const answers: string[] = await desks.ask.serve('everybody')
  assert.equal(answers.length, 3)
  for (const answer of answers) assert.match(answer, /^window of thread \d serves everybody$/)
  desks.tell.serve('told')
  await desks.offer.serve('offered')
  assert.deepEqual(await desks.within(5_000).ask.seen(), Array(3).fill(['everybody', 'told', 'offered']))
  await assert.rejects(desks.ask.fail(), { message: 'out of forms' })
  await desks.stop()
})

test('a stream is read from one routee', async () => {
  const desks = await router(system, Desk, { size: 2, strategy: 'round-robin' })
  for (const ref of desks.refs) {
    const items: string[] = []
    for await (const item of desks.stream.count(2)) items.push(item)
    assert.deepEqual(items, [`${ref.path} 1`, `${ref.path} 2`])
  }
  for await (const item of desks.within(5_000).stream.count(1)) assert.ok(item.endsWith(' 1'))
  await desks.stop()
})

test('routees are restarted in their places', async () => {
  const desks = await router(system, Desk, {
    size: 2,
    strategy: 'round-robin',
    intensity: { restarts: 10, withinMs: 1_000 },
  })
  await assert.rejects(desks.ask.fail())
  await assert.rejects(desks.ask.fail())
  assert.deepEqual([await desks.ask.where(), await desks.ask.where()], pathsOf(desks.refs))
  await desks.stop()
  await assert.rejects(desks.ask.where(), ActorGoneError)
})

test('an actor routes from its context', async () => {
  const clerk = await system.spawn(Clerk)
  assert.match(await clerk.ask.useOwn('a'), /^own desk/)
  assert.match(await clerk.ask.useOwn('b'), /^own desk/)
  await system.stop(clerk)
})

test('a router over others stops none of them', async () => {
  const desk = await system.spawn(Desk)
  const one: Router<Desk> = routerOver([desk], { strategy: 'round-robin' })
  await one.stop()
  assert.equal(await one.ask.where(), desk.path)
})

test('impossible options are refused before anything is spawned', async () => {
  const before = (await system.inspect()).length
  const loose = router as (...args: unknown[]) => Promise<unknown>
  for (const options of [
    { size: 0, strategy: 'round-robin' },
    { size: 2, strategy: 'fastest' },
    { size: 2, strategy: 'consistent-hash' },
    { size: 2, strategy: 'round-robin', restart: 'sometimes' },
  ])
    await assert.rejects(loose(system, Desk, options), InvalidOptionError)
  assert.throws(() => routerOver([], { strategy: 'round-robin' }), InvalidOptionError)
  assert.equal((await system.inspect()).length, before)
})

/** Only compiled: what the types let pass and what they refuse. */
export async function types(one: Router<Desk>): Promise<void> {
  const answer: string = await one.ask.serve('x')
  const stream: AsyncIterableIterator<string> = one.stream.count(1)
  // @ts-expect-error a customer is a text
  await one.ask.serve(answer, stream, 1)
  // @ts-expect-error there is no such handler
  one.tell.unknown()
  // @ts-expect-error a key is needed
  await router(system, Desk, { size: 1, strategy: 'consistent-hash' })
  // @ts-expect-error the constructor takes a text
  await router(system, Desk, { size: 1, strategy: 'round-robin', args: [1] })
}
