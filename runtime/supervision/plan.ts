/**
 * From what a user writes to what the runtime starts: classes become names, defaults are filled in, and
 * what is impossible is refused before anything runs.
 */

import { checkName } from '../../protocols/address.ts'
import { InvalidOptionError } from '../../protocols/errors.ts'
import { checkInteger } from '../../protocols/limits.ts'
import { scanValues } from '../../protocols/payload/scan.ts'
import { checkRestart, type SupervisionPolicy } from '../../protocols/restart/spec.ts'
import { checkMailbox } from '../actor/actor-type.ts'
import type {
  ActorClass,
  ChildOptions,
  ChildSpec,
  SpawnOptions,
  SupervisionSpec,
  SupervisorClass,
} from '../actor/types.ts'
import { withCall } from '../delivery/failures.ts'
import type { Host } from '../threads/host.ts'
import type { ChildPlan } from './child.ts'

/** The reserved name of the class of all supervisors. */
export const SUPERVISOR = 'supervisor'

/** A child as a supervisor keeps it: plain data. */
export interface WireChild {
  readonly type: string
  readonly args: readonly unknown[]
  readonly options: ChildOptions
}

/** A supervisor's instructions as plain data. */
export interface WireSupervision extends SupervisionPolicy {
  readonly children: Readonly<Record<string, WireChild>>
}

/** Throws where the class is unknown, an option impossible, or an argument can't be sent. */
export function planOf(
  host: Host,
  type: ActorClass,
  args: readonly unknown[],
  options: SpawnOptions,
): ChildPlan {
  if (options.name !== undefined) checkName(options.name)
  return planOfWire(host, wireOf(host, type, args, options))
}

export function planOfWire(host: Host, { type, args, options }: WireChild): ChildPlan {
  const actorType = host.registry.byName(type)
  const { mailbox = {}, restart, pool, thread, shutdownMs = host.limits.shutdownMs } = options
  checkMailbox(mailbox)
  checkRestart(restart)
  checkInteger('shutdownMs', shutdownMs, 0)
  if ((pool ?? thread) !== undefined && type !== SUPERVISOR) host.placement.choose(pool, actorType, thread)
  try {
    scanValues(args, host.limits.messageBytes)
  } catch (error) {
    throw withCall(error, type, 'constructor')
  }
  return { type: actorType, args, mailbox, restart, pool, thread, shutdownMs }
}

function wireOf(host: Host, type: ActorClass, args: readonly unknown[], options: ChildOptions): WireChild {
  const supervision = (type as Partial<SupervisorClass>)?.supervision
  if (supervision !== undefined)
    return { type: SUPERVISOR, args: [wireSupervision(host, supervision)], options }
  if (!Array.isArray(args))
    throw new InvalidOptionError('args has to be the list of arguments of the constructor')
  return { type: host.registry.byClass(type).name, args, options }
}

function wireSupervision(host: Host, spec: SupervisionSpec): WireSupervision {
  const { strategy, intensity, backoffMs } = spec
  const children = Object.entries(spec.children).map(([name, child]) => [name, wireChild(host, child)])
  return { strategy, intensity, backoffMs, children: Object.fromEntries(children) }
}

export function wireChild(host: Host, spec: ChildSpec): WireChild {
  return wireOf(host, spec.type, spec.args, spec.options)
}
