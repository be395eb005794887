/**
 * Systems for tests: quiet, with small limits, and with the actors of `test/actors-under-test`.
 */
import { readdirSync } from 'node:fs'
import { ActorSystem, type Exit, type SystemEvents, type SystemOptions } from '../../runtime/index.ts'

const FOLDER = new URL('../actors-under-test/', import.meta.url)

/** The modules of all actors under test. */
export const modules = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.ts'))
  .map((file) => new URL(file, FOLDER).href)

/** Where actors can live; what is promised is the same in both places. */
export const PLACES = [
  { place: 'on the calling thread', threads: 0 },
  { place: 'on a worker thread', threads: 1 },
] as const

/** Small enough that a test need not wait for what takes its time. */
const LIMITS = { stallMs: 300, shutdownMs: 300, drainMs: 200 }

export function startSystem(options: SystemOptions = {}): Promise<ActorSystem> {
  const { limits, ...others } = options
  return ActorSystem.start({
    ...{ modules, threads: 0, logLevel: 'silent', signals: false },
    ...others,
    limits: { ...LIMITS, ...limits },
  })
}

/** All events of a kind, as they come. */
export function collect<E extends keyof SystemEvents>(system: ActorSystem, event: E): SystemEvents[E][] {
  const events: SystemEvents[E][] = []
  system.on(event, (content) => void events.push(content))
  return events
}

/** The exits of an actor that somebody watches; there must never be more than one. */
export function exitsOf(system: ActorSystem, ref: Parameters<ActorSystem['watch']>[0]): Exit[] {
  const exits: Exit[] = []
  system.watch(ref, (exit) => void exits.push(exit))
  return exits
}
