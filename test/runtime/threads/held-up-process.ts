/** A process that is held up as a whole while one of its threads is being ended, as on a machine with too much to do. */
import { ActorSystem } from '../../../runtime/index.ts'
import { Thinker } from './stalled-actors.ts'

const HELD_UP_MS = 3_000

await using system = await ActorSystem.start({
  ...{ modules: [import.meta.resolve('./stalled-actors.ts')], threads: 1, logLevel: 'silent' },
  limits: { stallMs: 300 },
})
const thinker = await system.spawn(Thinker)
system.on('threadLost', () =>
  setImmediate(() => {
    const end = performance.now() + HELD_UP_MS
    while (performance.now() < end);
  }),
)
await thinker
  .within(30_000)
  .ask.think()
  .catch(() => undefined)
console.log(`back on thread ${await thinker.within(30_000).ask.thread()}`)
