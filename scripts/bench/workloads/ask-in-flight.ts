/** An actor asks another on its thread in waves, each with the default deadline. */
import { Actor } from '../../../runtime/index.ts'
import type { Figure } from '../figure.ts'
import { inSystem, lastRound, secondsSince } from './system.ts'

type InFlightSizes = {
  readonly threads: number
  readonly rounds: number
  readonly asks: number
  readonly inFlight: number
}

export async function run({ threads, rounds, asks, inFlight }: InFlightSizes): Promise<Figure[]> {
  const waves = Math.floor(asks / inFlight)
  const seconds = await inSystem(import.meta.url, { threads }, (system) =>
    lastRound(system, WaveAsker, rounds, (asker) => asker.ask(waves, inFlight)),
  )
  return [{ name: 'ask, 100 in flight', unit: 'asks/s', value: (waves * inFlight) / seconds }]
}

export class WaveAsker extends Actor {
  async ask(waves: number, inFlight: number): Promise<number> {
    const counter = await this.context.spawn(WaveCounter)
    const started = performance.now()
    for (let wave = 0; wave < waves; wave++) {
      const answers: Promise<number>[] = []
      for (let i = 0; i < inFlight; i++) answers.push(counter.ask.add(1))
      await Promise.all(answers)
    }
    return secondsSince(started)
  }
}

export class WaveCounter extends Actor {
  #total = 0

  add(number: number): number {
    return (this.#total += number)
  }
}
