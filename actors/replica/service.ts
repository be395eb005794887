/** The service of shared documents: `ActorSystem.start({ services: [replicas()] })`. */
import { child, InvalidOptionError, type Service, supervisor } from '../../runtime/index.ts'
import { completeLimits, type ReplicaLimits } from './limits.ts'
import { RELAY_MODULE } from './link.ts'
import { KEEPER } from './names.ts'
import { REPLICA_MODULE, Replica } from './replica.ts'

export interface ReplicasOptions {
  /** `embedded` keeps documents in the system's `dataDir`, `volatile` in memory only; default `embedded`. */
  storage?: 'embedded' | 'volatile'
  /** The pool on one of whose threads the keeper lives; default `default`. */
  pool?: string
  limits?: Partial<ReplicaLimits>
}

/** A replica fails when its engine breaks down or its thread is lost, each time for all documents of the thread. */
const INTENSITY = { restarts: 20, withinMs: 60_000 }
/** A storage that fails at its start, as on a full disk, may be back a little later. */
const BACKOFF_MS: [number, number] = [20, 5_000]
const STORAGES = ['embedded', 'volatile']
/** The keeper's last snapshots are written when the system stops. */
const KEEPER_SHUTDOWN_MS = 10_000

/** Throws InvalidOptionError that names the option. */
export function replicas({ storage = 'embedded', pool, limits }: ReplicasOptions = {}): Service {
  if (!STORAGES.includes(storage))
    throw new InvalidOptionError(`storage has to be one of ${STORAGES.join(', ')}, not "${storage}"`)
  const complete = completeLimits(limits)
  return {
    name: 'replicas',
    modules: [REPLICA_MODULE, RELAY_MODULE],
    supervisor: ({ dataDir }) =>
      supervisor({
        intensity: INTENSITY,
        backoffMs: BACKOFF_MS,
        children: {
          keeper: child(Replica, [{ name: KEEPER, storage, dataDir, limits: complete }], {
            pool,
            shutdownMs: KEEPER_SHUTDOWN_MS,
          }),
        },
      }),
  }
}
