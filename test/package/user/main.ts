import { ActorSystem } from 'neuroplex'
import { Counter } from './counter.ts'

await using system = await ActorSystem.start({
  modules: [import.meta.resolve('./counter.ts')],
  threads: 2,
  logLevel: 'warn',
})
const counter = await system.spawn(Counter, { name: 'counter' })
counter.tell.add(2)
const total = await counter.ask.add(1)
const quick = await counter.within(2_000).ask.add(1)
const items: number[] = []
for await (const n of counter.stream.countdown(3)) items.push(n)
const [info] = (await system.inspect()).filter(({ path }) => path === counter.path)
console.log(
  JSON.stringify({
    path: counter.path,
    total,
    quick,
    items,
    onThread: info !== undefined && info.thread > 0,
  }),
)
