/**
 * Builds the host of a thread from the plain data that it is started with; the same for a worker
 * thread and for a simulated one.
 */
import { Registry } from '../actor/registry.ts'
import type { Clock } from '../clock.ts'
import { GUARDIAN, Guardian } from '../supervision/guardian.ts'
import { SUPERVISOR } from '../supervision/plan.ts'
import { SupervisorActor, SupervisorRefImpl } from '../supervision/supervisor.ts'
import type { Log } from '../telemetry/log.ts'
import type { Chunk } from './directory.ts'
import { Host } from './host.ts'
import { RemoteOffload } from './offload.ts'
import { Pulses } from './pulses.ts'
import type { Boot } from './thread.ts'

/** The classes of a system, in the same order on each of its threads. */
export async function loadRegistry(modules: readonly string[], open: boolean): Promise<Registry> {
  const registry = new Registry(modules, open)
  const supervisor = registry.add(SUPERVISOR, SupervisorActor)
  supervisor.refClass = SupervisorRefImpl
  supervisor.onControlThread = true
  registry.add(GUARDIAN, Guardian)
  await registry.load()
  return registry
}

export async function bootHost(
  boot: Boot,
  clock: Clock,
  log: Log,
  onChunk: (memory: Chunk, index: number) => void,
): Promise<Host> {
  const { thread, limits, pools, development } = boot
  const registry = await loadRegistry(boot.modules, boot.open)
  const host: Host = new Host({
    ...{ thread, clock, limits, pools, development, registry, log, onChunk },
    pulses: new Pulses(boot.pulses),
    offload: (own) => new RemoteOffload(own),
    onEvent: (event, content) => host.links.notice(0, 'event', { event, content }),
    onDeadLetter: (record) => host.links.notice(0, 'dead-letter', record),
    onNews: () => undefined,
  })
  for (const { serial, path } of boot.former) host.departed.add(serial, path)
  host.arrivals.expect(boot.expected)
  for (const serial of boot.expected) {
    const entry = host.directory.expect(serial)
    host.arrivals.whenDecided(serial, () => host.directory.remove(entry))
  }
  return host
}
