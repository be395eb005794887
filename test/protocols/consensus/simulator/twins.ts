/**
 * Twins (Bano et al., "Twins: BFT Systems Made Robust", 2021): one of four validators runs twice with the same key, each
 * of the two as the protocol says, and a schedule divides the five into two halves that don't hear each other, phase by
 * phase. All that a validator could do by speaking with two tongues comes about by such schedules.
 */
import { createGenesis, hashGenesis } from '../../../../protocols/consensus/genesis.ts'
import type { Message } from '../../../../protocols/consensus/messages.ts'
import { type PublicKey, SIGNATURE_BYTES } from '../../../../protocols/consensus/types.ts'
import { Agenda } from './agenda.ts'
import { Invariants } from './invariants.ts'
import { Machine, type World } from './machine.ts'
import { Random } from './random.ts'
import { type Scenario, START_MS } from './scenario.ts'
import { crypto, keyOf } from './signing.ts'

const VALIDATORS = 4
/** The last one of the five has the key of the one before. */
const MACHINES = VALIDATORS + 1
/** A view comes to an end in it, with a block or without. */
const PHASE_MS = 700
const HOP_MS = 5
const FURTHER_BLOCKS = 2
const CALM_MS = 60_000
/** Ways to divide the machines, of which the first one is always in the first half. */
export const DIVISIONS = 2 ** (MACHINES - 1)

const SCENARIO: Scenario = {
  genesis: createGenesis({
    ...{ chain: 'twins', genesis_time: START_MS - 1_000, block_time: 150, finality_time: 3_000 },
    ...{ max_transactions_per_block: 5, epoch_length: 10 },
    parameters: { batch_cap: 5, batch_wait: 0, view_timeout: 200, pipeline_depth: 3 },
    bounds: { batch_cap: [1, 5], batch_wait: [0, 50], view_timeout: [100, 1_000], pipeline_depth: [1, 5] },
    validators: Array.from({ length: VALIDATORS }, (_, i) => ({
      ...{ id: `v${i}`, public_key: keyOf(i), stake: 100 },
    })),
  }),
  ...{ liars: new Set([VALIDATORS - 1]), twins: true, chaosMs: 0, loss: 0, duplicates: 0, delayMs: HOP_MS },
  ...{ crashes: 0, crashAtPersist: 0, partitions: 0, skewMs: 0, persistMs: 1, asBytes: false },
}

/** @param schedule for each phase a number below DIVISIONS: bit `i` says in which half machine `i + 1` is */
export function runTwins(schedule: readonly number[]): { failures: readonly string[]; accused: number } {
  const agenda = new Agenda(START_MS)
  const invariants = new Invariants(SCENARIO.genesis)
  const halfOf = (machine: number) => {
    const phase = Math.floor((agenda.nowMs - START_MS) / PHASE_MS)
    return machine === 0 ? 0 : ((schedule[phase] ?? 0) >> (machine - 1)) & 1
  }
  const machines: Machine[] = []
  const send = (from: Machine, to: PublicKey | 'all', message: Message) => {
    const sender = machines.indexOf(from)
    for (const [receiver, machine] of machines.entries()) {
      if (machine.key === from.key || (to !== 'all' && machine.key !== to)) continue
      if (halfOf(sender) !== halfOf(receiver)) continue
      agenda.plan(agenda.nowMs + HOP_MS, () => machine.take({ kind: 'message', from: from.key, message }))
    }
  }
  const world: World = {
    ...{ agenda, random: new Random(1), scenario: SCENARIO, chainId: hashGenesis(SCENARIO.genesis, crypto) },
    ...{ isCalm: () => true, send },
    started: (machine) => {
      if (machine.honest) invariants.restarted(machine)
    },
    watch: (machine, effect) => {
      if (machine.honest) invariants.watch(machine, effect)
    },
  }
  for (let i = 0; i < MACHINES; i++) {
    const index = Math.min(i, VALIDATORS - 1)
    machines.push(new Machine(index, keyOf(index), index < VALIDATORS - 1, world))
  }
  for (const machine of machines) machine.start()
  // Twins that are given different work propose different blocks.
  for (const [i, machine] of machines.entries()) machine.submit(envelope(i + 1))

  const calmAtMs = START_MS + schedule.length * PHASE_MS
  let goal = Number.POSITIVE_INFINITY
  agenda.plan(calmAtMs, () => {
    goal = invariants.height + FURTHER_BLOCKS
  })
  const isDone = () => machines.every(({ honest, validator }) => !honest || validator.height >= goal)
  const failures = [...invariants.failures]
  while (invariants.failures.length === 0 && !isDone()) {
    if (agenda.nowMs <= calmAtMs + CALM_MS && agenda.step()) continue
    failures.push(`L1: the chain stands still at height ${invariants.height}`)
    break
  }
  return { failures: [...failures, ...invariants.failures], accused: invariants.accused.size }
}

function envelope(sequence: number) {
  const signature = new Uint8Array(SIGNATURE_BYTES)
  return { sender: 'c'.repeat(64), sequence, priority: 0, transactions: [], signature }
}
