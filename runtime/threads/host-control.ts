/**
 * What a thread answers to the control plane.
 */
import type { Exit } from '../../protocols/exit.ts'
import type { ChildKey } from '../../protocols/restart/strategy.ts'
import type { Cell } from '../actor/cell.ts'
import { infoOf } from '../actor/info.ts'
import { State } from '../actor/state.ts'
import type { ActorInfo } from '../actor/types.ts'
import type { BirthMessage, Child } from '../supervision/child.ts'
import { Family } from '../supervision/family.ts'
import { NOBODY } from '../supervision/parent.ts'
import type { Counters, TraceEvent } from '../telemetry/control.ts'
import { Tracer } from '../telemetry/tracer.ts'
import type { Host } from './host.ts'
import { begin, beginAgain, cellAt } from './host-births.ts'

/** What a thread tells of itself. */
export interface HostReading extends Counters {
  actors: number
  /** Messages waiting or turns under way. */
  busy: boolean
}

/** A child on the thread that asks, by the serial of its parent on this one. */
interface ChildOf {
  readonly parent: number
  readonly key: ChildKey
}

export function answerControl(host: Host): void {
  const { control } = host
  control.on('begin', (birth: BirthMessage) => begin(host, birth))
  control.on('begin-again', (serial: number) => beginAgain(host, serial))
  control.on('suspend', ({ serial, exit }: { serial: number; exit: Exit }) =>
    host.exported(serial)?.suspend(exit),
  )
  control.on('stop', ({ serial, exit }: { serial: number; exit: Exit }) => host.exported(serial)?.stop(exit))
  control.on('stop-actor', ({ serial }: { serial: number }) => stopActor(host, serial))
  control.on('stop-child', (of: ChildOf) => withChild(host, of, (family, child) => family.stop(child)))
  control.on('restart-child', (of: ChildOf) => withChild(host, of, (family, child) => family.restart(child)))
  control.on('restart-actor', ({ serial }: { serial: number }) => restart(host, cellAt(host, serial)))
  control.on('lookup', ({ steps }: { steps: string[] }) => {
    const root = rootNamed(host, steps[0])
    return root === undefined ? undefined : host.resolve(root, steps.slice(1))
  })
  control.on('lookup-below', ({ serial, steps }: { serial: number; steps: string[] }) => {
    const cell = host.exported(serial)
    return cell === undefined ? undefined : host.resolve(cell, steps)
  })
  control.on('inspect', (): ActorInfo[] => [...host.cells()].map(infoOf))
  control.on('read', (): HostReading => read(host))
  let endTrace = () => {}
  control.on('trace', ({ paths }: { paths: string[] }, from) => {
    endTrace()
    endTrace = trace(host, paths, from)
  })
  control.on('want-exits', ({ wanted }: { wanted: boolean }) => {
    host.events.exitsWanted = wanted
  })
}

/** Does something about a child that lives on another thread than its parent; nothing where one of them is gone. */
function withChild<T>(
  host: Host,
  { parent, key }: ChildOf,
  act: (family: Family, child: Child) => T,
): T | undefined {
  const family = host.exported(parent)?.family
  const child = family?.get(key)
  return child === undefined ? undefined : act(family as Family, child)
}

/** Resolves when it is gone. One that was lost with the thread's former life may not be back yet. */
async function stopActor(host: Host, serial: number): Promise<void> {
  await new Promise<void>((decided) => {
    if (!host.arrivals.whenDecided(serial, decided)) decided()
  })
  const cell = host.exported(serial)
  if (cell !== undefined) await host.stopCell(cell)
}

/** `/user` or `/system`, on the thread that has them. */
function rootNamed(host: Host, name: string | undefined): Cell | undefined {
  for (const cell of host.roots) if (cell.parent === NOBODY && cell.key === name) return cell
  return undefined
}

async function restart(host: Host, cell: Cell): Promise<void> {
  const { parent, key } = cell
  if (parent instanceof Family) await parent.restart(cell)
  else await host.control.call(parent.thread, 'restart-child', { parent: parent.serial, key })
}

function read(host: Host): HostReading {
  let queued = 0
  let busy = false
  for (const cell of host.cells()) {
    queued += cell.waiting
    busy ||= cell.busy > 0 || !cell.idle || cell.state === State.restarting
  }
  return { ...host.meter.read(queued, host.deadLetters.count), actors: host.actors, busy }
}

/** Shows the messages of the actors with these paths to the thread that asks, until the returned function is called. */
function trace(host: Host, paths: string[], from: number): () => void {
  if (paths.length === 0) return () => {}
  const wanted = new Set(paths)
  const emit = (event: TraceEvent) => host.links.notice(from, 'trace', event)
  const show = from === host.thread ? (event: TraceEvent) => host.news(from, 'trace', event) : emit
  return host.observe(new Tracer(host.clock, (path) => wanted.has(path), show))
}
