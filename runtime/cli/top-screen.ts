/** The live screen of `neuroplex top`. */

import type { SystemDescription } from '../telemetry/control.ts'
import type { ControlClient } from '../telemetry/control-client.ts'
import { SORT_KEYS, type SortKey, sortActors, type TopReading } from '../telemetry/top.ts'
import { drawPage, quits } from './live-screen.ts'
import { printable, styled } from './output.ts'
import { renderTop } from './render/top.ts'
import { Screen } from './screen.ts'

interface View {
  everyMs: number
  sort: SortKey
  limit: number
}

const SORT_OF_KEY: Readonly<Record<string, SortKey>> = { m: 'queue', t: 'turns', r: 'restarts' }
const KEYS = 'q quit   order: s next, m queue, t turns, r restarts'

/** Shows readings until q or Ctrl-C is typed; rejects when the connection ends before. */
export async function showLive(
  client: ControlClient,
  system: SystemDescription,
  view: View,
  interrupted: AbortSignal,
): Promise<void> {
  using screen = new Screen(process.stdin, process.stdout)
  const live = new LiveTop(screen, system, view)
  interrupted.addEventListener('abort', () => live.quit())
  await live.run(client)
}

class LiveTop {
  readonly #screen: Screen
  readonly #system: SystemDescription
  #view: View
  #reading: TopReading | undefined
  /** Ends the readings under way: by q, or since another order was chosen. */
  #round = new AbortController()
  #quitting = false

  constructor(screen: Screen, system: SystemDescription, view: View) {
    this.#screen = screen
    this.#system = system
    this.#view = view
    screen.onKey((key) => this.#type(key))
    screen.onResize(() => this.#draw())
  }

  async run(client: ControlClient): Promise<void> {
    this.#draw()
    while (!this.#quitting) {
      this.#round = new AbortController()
      for await (const reading of client.stream('top', this.#view, { signal: this.#round.signal })) {
        this.#reading = reading
        this.#draw()
      }
    }
  }

  quit(): void {
    this.#quitting = true
    this.#round.abort()
  }

  #type(key: string): void {
    if (quits(key)) return this.quit()
    const sort = key === 's' ? after(this.#view.sort) : SORT_OF_KEY[key]
    if (sort !== undefined && sort !== this.#view.sort) this.#sortBy(sort)
  }

  /** Orders what is shown at once; the node's own choice of the first actors comes with its next reading. */
  #sortBy(sort: SortKey): void {
    this.#view = { ...this.#view, sort }
    if (this.#reading) this.#reading = { ...this.#reading, busiest: sortActors(this.#reading.busiest, sort) }
    this.#draw()
    this.#round.abort()
  }

  #draw(): void {
    const size = { rows: this.#screen.rows - 1, columns: this.#screen.columns }
    const body = this.#reading
      ? renderTop(this.#system, this.#reading, this.#view.sort, size)
      : [styled('dim', `reading ${printable(this.#system.name)} …`)]
    drawPage(this.#screen, body, KEYS)
  }
}

function after(sort: SortKey): SortKey {
  return SORT_KEYS[(SORT_KEYS.indexOf(sort) + 1) % SORT_KEYS.length] ?? sort
}
