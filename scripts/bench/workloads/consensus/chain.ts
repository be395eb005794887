/** A chain of this process for one run: its validators, and clients who send to it. */
import { mkdtemp, rm } from 'node:fs/promises'
import { resolve } from 'node:path'
import { chain, type ValidatorsOptions, validators } from '../../../../actors/validator/index.ts'
import type { Envelope } from '../../../../protocols/consensus/types.ts'
import type { ActorSystem, SystemOptions } from '../../../../runtime/index.ts'
import type { Chain } from '../../finality-load.ts'
import { inSystem } from '../system.ts'
import { Client } from './clients.ts'
import { MACHINE_MODULE } from './key-values.ts'

export interface ChainOptions extends Pick<ValidatorsOptions, 'count' | 'storage' | 'genesis'> {
  readonly threads: number
  /** Of the actors of the workload. */
  readonly modules?: readonly string[]
}

/** Between a run's folder and that of another. */
const FOLDER = 'chain-'

export async function onChain<T>(
  { threads, modules = [], ...options }: ChainOptions,
  use: (system: ActorSystem, dataDir: string) => Promise<T>,
): Promise<T> {
  const dataDir = await mkdtemp(resolve(FOLDER))
  try {
    const services = [validators({ ...options, machines: MACHINE_MODULE })]
    const own = [import.meta.url, ...modules]
    const settings: SystemOptions = { threads, services, dataDir, logLevel: 'error', modules: own }
    return await inSystem(import.meta.url, settings, (system) => use(system, dataDir))
  } finally {
    await rm(dataDir, { recursive: true, force: true })
  }
}

export interface SenderOptions {
  readonly clients: number
  /** Of a transaction. */
  readonly bytes: number
  /** Under one signature. */
  readonly perEnvelope: number
  /** Signed before the first is sent, so that signing takes no time from the validators. */
  readonly signed: number
}

/** Envelopes of several clients in turns; more are signed when those are used up. */
export async function senderTo(system: ActorSystem, options: SenderOptions): Promise<Chain> {
  const { clients, bytes, perEnvelope, signed } = options
  const all: Client[] = []
  for (let i = 0; i < clients; i++) all.push(await Client.open(system, bytes))
  const next = (i: number) => all[i % clients]!.sign(perEnvelope)
  let count = 0
  const ahead: Envelope[] = []
  while (count < signed / perEnvelope) ahead.push(next(count++))
  ahead.reverse()
  const to = chain(system)
  return {
    cpuMs: () => {
      const { user, system } = process.cpuUsage()
      return (user + system) / 1_000
    },
    send(transactions, final) {
      for (let left = transactions; left > 0; left -= perEnvelope) {
        const envelope = ahead.pop() ?? next(count++)
        // An error ends the run.
        void to.submitEnvelope(envelope).then(() => final(perEnvelope))
      }
    },
  }
}
