/** Prints the event about a handler that blocks, as JSON; to be run as a process of its own. */
import { ActorSystem } from '../../../runtime/index.ts'
import { Thinker } from './stalled-actors.ts'

await using system = await ActorSystem.start({
  modules: [import.meta.resolve('./stalled-actors.ts')],
  threads: 1,
  limits: { stallMs: 400 },
  logLevel: 'silent',
})
system.on('stall', (stall) => console.log(JSON.stringify(stall)))
const thinker = await system.spawn(Thinker, { name: 'thinker' })
await thinker
  .within(20_000)
  .ask.think()
  .catch(() => undefined)
