/** The service of validators: `ActorSystem.start({ services: [validators()] })`. */
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { child, InvalidOptionError, type Service, supervisor } from '../../runtime/index.ts'
import { JOURNAL_MODULE, Journal } from './journal.ts'
import type { Protection } from './keys/key-file.ts'
import { chainOf, type LocalChain, type LocalGenesis } from './local-chain.ts'
import { JOURNAL, LOCAL, SERVICE } from './places.ts'
import { LyingValidator, REHEARSAL_MODULE } from './rehearsal.ts'
import { VALIDATOR_MODULE, ValidatorActor } from './validator.ts'

export interface ValidatorsOptions {
  /**
   * The path of a genesis document. Where none is given the node has a chain of its own, made at its first start;
   * fields of its genesis may be given here.
   */
  genesis?: string | LocalGenesis
  /** Files with the keys of the validators that run here, for a genesis document that is given. */
  keys?: readonly string[]
  /** What opens these files. */
  protection?: Protection
  /** Validators of a chain of the node's own; default 4, the fewest that tolerate a fault. */
  count?: number
  /** `embedded` keeps votes and blocks in the system's `dataDir`, `volatile` in memory only; default `embedded`. */
  storage?: 'embedded' | 'volatile'
  /** A module with state machines of one's own: it exports `machines(crypto)`, which gives a list of them. */
  machines?: string | URL
  /** The pool on whose threads validators live; default `default`. */
  pool?: string
  /**
   * To rehearse a fault: so many of the validators, from the last one on, sign votes that contradict each other. They
   * are found out and lose stake; with more than a third of it lying, nothing is promised.
   */
  liars?: number
}

/** A validator fails when it can't store its blocks or its thread is lost; the others go on meanwhile. */
const VALIDATOR_INTENSITY = { restarts: 60, withinMs: 60_000 }
const INTENSITY = { restarts: 20, withinMs: 60_000 }
/** A storage that fails at its start, as on a full disk, may be back a little later. */
const BACKOFF_MS: [number, number] = [20, 5_000]
const STORAGES = ['embedded', 'volatile']
const MAX_COUNT = 64
/** Blocks that are final are stored when the system stops. */
const SHUTDOWN_MS = 10_000

/** Throws InvalidOptionError that names the option. */
export function validators(options: ValidatorsOptions = {}): Service {
  const { liars = 0 } = options
  return serviceOf(options, (index, count) => (index < count - liars ? ValidatorActor : LyingValidator))
}

/** @param typeOf the class of each validator that runs here */
export function serviceOf(
  options: ValidatorsOptions,
  typeOf: (index: number, count: number) => typeof ValidatorActor,
): Service {
  const { genesis = {}, keys = [], protection, count = 4, storage = 'embedded', pool } = options
  if (!STORAGES.includes(storage))
    throw new InvalidOptionError(`storage has to be one of ${STORAGES.join(', ')}, not "${storage}"`)
  if (!Number.isInteger(count) || count < 1 || count > MAX_COUNT)
    throw new InvalidOptionError(`count has to be a whole number from 1 to ${MAX_COUNT}, not ${count}`)
  if (keys.length > 0 && typeof genesis !== 'string')
    throw new InvalidOptionError('keys are for a genesis document that is given: set genesis to its path')
  const machines = options.machines === undefined ? undefined : moduleUrl(options.machines)
  return {
    name: SERVICE,
    modules: [JOURNAL_MODULE, VALIDATOR_MODULE, REHEARSAL_MODULE],
    async supervisor({ dataDir }) {
      const folder = join(dataDir, SERVICE)
      const chain = await chainOf({ genesis, keys, protection, count, storage, folder })
      return tree(chain, { folder, storage, machines, pool, typeOf })
    },
  }
}

interface TreeOptions {
  readonly folder: string
  readonly storage: 'embedded' | 'volatile'
  readonly machines: string | undefined
  readonly pool: string | undefined
  readonly typeOf: (index: number, count: number) => typeof ValidatorActor
}

/** Without its votes no validator may go on, so a new journal means new validators. */
function tree({ genesis, validators: local }: LocalChain, options: TreeOptions) {
  const { folder, storage, machines, pool, typeOf } = options
  const children = local.map(({ id, keys }, i) => {
    const args = { id, genesis, keys, storage, folder: join(folder, id), machines }
    return [id, child(typeOf(i, local.length), [args], { pool, shutdownMs: SHUTDOWN_MS })] as const
  })
  return supervisor({
    strategy: 'rest-for-one',
    intensity: INTENSITY,
    backoffMs: BACKOFF_MS,
    children: {
      // The starting thread is the one that is never lost alone.
      [JOURNAL]: child(Journal, [{ storage, folder: join(folder, 'votes') }], {
        thread: 0,
        shutdownMs: SHUTDOWN_MS,
      }),
      [LOCAL]: child(
        supervisor({
          intensity: VALIDATOR_INTENSITY,
          backoffMs: BACKOFF_MS,
          children: Object.fromEntries(children),
        }),
      ),
    },
  })
}

function moduleUrl(module: string | URL): string {
  if (module instanceof URL) return module.href
  return module.startsWith('file:') ? module : pathToFileURL(resolve(module)).href
}
