/** Actors of the tests that have things decided. */
import { decisions } from '../../../actors/validator/index.ts'
import { Actor } from '../../../runtime/index.ts'

export class Decider extends Actor<Decider> {
  static override reentrant = true

  async decide(topic: string, value: unknown): Promise<string> {
    const { height, index } = await decisions(this.context).decide(topic, value)
    return `${height}/${index}`
  }

  /** The first values under a topic, as this thread sees them. */
  async first(topic: string, count: number): Promise<unknown[]> {
    const values: unknown[] = []
    for await (const { value } of decisions(this.context).follow(topic)) {
      values.push(value)
      if (values.length === count) break
    }
    return values
  }
}

/** No validator, but it says what only validators say. */
export class Impostor extends Actor<Impostor> {
  async disturb(path: string): Promise<void> {
    const validator = (await this.context.lookup(path))!
    const { tell } = validator as { tell: Record<string, (...args: unknown[]) => void> }
    tell.deliver!(new Uint8Array(100))
    tell.meet!('f'.repeat(64), this.context.self)
    for (let token = 0; token < 50; token++) tell.persisted!(0, token)
    tell.flush!()
  }
}
