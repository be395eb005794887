/** A workload and systems for the tests, none of which ever runs. */
import type { Contender } from '../../../scripts/bench/contenders/contender.ts'
import type { Figure } from '../../../scripts/bench/figure.ts'
import type { Outcome } from '../../../scripts/bench/runner.ts'
import { atLeast, type ContenderId, type FigurePlan, type Workload } from '../../../scripts/bench/workload.ts'

export function contender(id: ContenderId, name: string = id): Contender {
  return {
    id,
    name,
    install: `get ${id}`,
    version: async () => '1',
    prepare: async () => {},
    command: () => ({ file: 'true', args: [] }),
  }
}

export function workload(
  name: string,
  figures: Record<string, FigurePlan> = {},
  more: Partial<Workload> = {},
): Workload {
  const load = async () => ({ run: async () => [] })
  return { name, about: name, sizes: {}, quick: {}, peers: ['erlang', 'pekko'], figures, load, ...more }
}

export const rate: FigurePlan = { unit: 'messages/s', better: 'higher', targets: [atLeast(3, 'erlang')] }

/** What a system measured in its runs, each figure of which is called as the workload is. */
export function outcomes(of: Workload, id: ContenderId, values: readonly number[]): Outcome[] {
  return values.map((value, run) => ({
    ...{ run, workload: of, contender: contender(id), seconds: 1, disturbed: false },
    figures: [{ name: of.name, unit: 'messages/s', value } satisfies Figure],
  }))
}
