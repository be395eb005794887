/** Agents edit one document at the same time, each one edit at a time, and wait now and then until it is kept. */
import {
  type Counter,
  counter,
  documents,
  replicas,
  type SharedDocument,
} from '../../../actors/replica/index.ts'
import { Actor } from '../../../runtime/index.ts'
import { fieldName, type MixedEdit, mixedEdits } from '../documents-load.ts'
import type { Figure } from '../figure.ts'
import { inSystem, secondsSince } from './system.ts'

interface Mixed {
  fields: Record<string, string>
  counters: Record<string, Counter>
  log: string[]
}

interface MixedSizes {
  rounds: number
  edits: number
  agents: number
  fields: number
  counters: number
  inFlight: number
}

const PATIENCE_MS = 240_000

export async function run(sizes: MixedSizes): Promise<Figure[]> {
  const services = [replicas({ storage: 'volatile' })]
  return inSystem(import.meta.url, { threads: 1, services }, async (system) => {
    const agents = await Promise.all(
      Array.from({ length: sizes.agents }, () => system.spawn(EditingAgent, { args: [sizes] })),
    )
    let seconds = 0
    for (let round = 0; round < sizes.rounds; round++) {
      const started = performance.now()
      await Promise.all(agents.map((agent) => agent.within(PATIENCE_MS).ask.edit()))
      seconds = secondsSince(started)
    }
    return [{ name: 'document edits', unit: 'edits/s', value: sizes.edits / seconds }]
  })
}

export class EditingAgent extends Actor {
  readonly #sizes: MixedSizes
  readonly #edits: readonly MixedEdit[]
  #document!: SharedDocument<Mixed>

  constructor(sizes: MixedSizes) {
    super()
    this.#sizes = sizes
    this.#edits = mixedEdits({ ...sizes, edits: sizes.edits / sizes.agents })
  }

  override async onStart(): Promise<void> {
    const { fields, counters } = this.#sizes
    const initial: Mixed = {
      fields: Object.fromEntries(Array.from({ length: fields }, (_, i) => [fieldName(i), ''])),
      counters: Object.fromEntries(Array.from({ length: counters }, (_, i) => [`c${i}`, counter()])),
      log: [],
    }
    this.#document = await documents(this.context).open<Mixed>('agent-state', 'mixed', { initial })
  }

  async edit(): Promise<void> {
    const { inFlight } = this.#sizes
    let last: Promise<void> = Promise.resolve()
    for (const [i, edit] of this.#edits.entries()) {
      last = this.#document.change((draft) => apply(draft, edit))
      if (i % inFlight === inFlight - 1) await last
    }
    await last
  }
}

function apply(draft: Mixed, edit: MixedEdit): void {
  if (edit.kind === 'field') draft.fields[edit.key] = edit.value
  else if (edit.kind === 'counter') draft.counters[edit.key]!.increment()
  else draft.log.push(edit.value)
}
