/** Carries messages between replicas, as well as the weather allows. */
import type { Random } from '../../../../actors/agent/models/random.ts'
import type { Agenda } from './agenda.ts'
import type { Weather } from './scenario.ts'

const FAIR: Omit<Weather, 'delayMs'> = { jitterMs: 0, loss: 0, duplication: 0 }

export class Network {
  /** Messages given to it, and lost by it. */
  sent = 0
  lost = 0
  readonly #agenda: Agenda
  readonly #random: Random
  readonly #deliver: (from: number, to: number, message: unknown) => void
  #weather: Weather
  /** Cuts may overlap, so they are counted. */
  readonly #cuts = new Map<string, number>()

  constructor(
    agenda: Agenda,
    random: Random,
    weather: Weather,
    deliver: (from: number, to: number, message: unknown) => void,
  ) {
    this.#agenda = agenda
    this.#random = random
    this.#weather = weather
    this.#deliver = deliver
  }

  cut(one: number, other: number): void {
    for (const key of keysOf(one, other)) this.#cuts.set(key, (this.#cuts.get(key) ?? 0) + 1)
  }

  mend(one: number, other: number): void {
    for (const key of keysOf(one, other)) this.#cuts.set(key, (this.#cuts.get(key) as number) - 1)
  }

  isCut(from: number, to: number): boolean {
    return (this.#cuts.get(`${from} ${to}`) ?? 0) > 0
  }

  /** From now on everything arrives once and in order. */
  clear(): void {
    this.#weather = { ...this.#weather, ...FAIR }
  }

  send(from: number, to: number, message: unknown): void {
    this.sent++
    const { loss, duplication } = this.#weather
    if (this.isCut(from, to) || this.#random() < loss) {
      this.lost++
      return
    }
    this.#carry(from, to, message)
    if (this.#random() < duplication) this.#carry(from, to, message)
  }

  #carry(from: number, to: number, message: unknown): void {
    const { delayMs, jitterMs } = this.#weather
    this.#agenda.after(delayMs + jitterMs * this.#random(), () => this.#deliver(from, to, message))
  }
}

function keysOf(one: number, other: number): string[] {
  return [`${one} ${other}`, `${other} ${one}`]
}
