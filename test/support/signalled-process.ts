/** A program that a signal ends: `node signalled-process.ts orderly|stuck`. */
import { Actor, ActorSystem, child, supervisor } from '../../runtime/index.ts'

class Talker extends Actor {
  readonly #name: string

  constructor(name: string) {
    super()
    this.#name = name
  }

  async work(): Promise<void> {
    await this.context.sleep(50)
    console.log('worked')
  }

  override async onStop(): Promise<void> {
    if (process.argv[2] === 'stuck') {
      console.log('stopping')
      await new Promise<never>(() => undefined)
    }
    console.log(`stopped ${this.#name}`)
  }
}

const system = await ActorSystem.start({ threads: 0, logLevel: 'silent', limits: { shutdownMs: 60_000 } })
const team = await system.spawn(
  supervisor({ children: { a: child(Talker, ['a']), b: child(Talker, ['b']) } }),
)
const first = await team.child('a')
first.tell.work()
console.log('ready')
