/**
 * The public face of neuroplex, name by name.
 */
import './node-version.ts'

export {
  ActorGoneError,
  AskCycleError,
  AskTimeoutError,
  InvalidOptionError,
  LinkedActorError,
  MailboxFullError,
  ModuleLoadError,
  NameTakenError,
  NeuroplexError,
  NotSendableError,
  Refused,
  SystemStoppedError,
  ThreadLostError,
  UnknownActorClassError,
  UnknownHandlerError,
} from '../protocols/errors.ts'
export type { Exit, ExitKind } from '../protocols/exit.ts'
export type { Limits } from '../protocols/limits.ts'
export type { Restart, StrategyName } from '../protocols/restart/spec.ts'
export { Actor } from './actor/actor.ts'
export { ThreadLocal } from './actor/thread-local.ts'
export type {
  ActorClass,
  ActorInfo,
  ActorRef,
  ActorState,
  Asks,
  ChildOptions,
  Children,
  ChildSpec,
  Context,
  DeadLetter,
  DeadLetterReason,
  Logger,
  LogLevel,
  MailboxOptions,
  Offers,
  OffloadOptions,
  Overflow,
  PoolOptions,
  RefOf,
  Scope,
  Sendable,
  Service,
  ServiceSettings,
  SpawnOptions,
  Streams,
  SupervisorClass,
  SupervisorRef,
  SystemEvents,
  SystemOptions,
  Tells,
  Timers,
} from './actor/types.ts'
export { child, supervisor } from './supervision/supervisor.ts'
export { ActorSystem } from './system.ts'
export type {
  Control,
  Counters,
  DeadLetterRecord,
  PoolMetrics,
  SystemDescription,
  SystemMetrics,
  ThreadMetrics,
  TraceEvent,
} from './telemetry/control.ts'
