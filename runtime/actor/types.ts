/**
 * The types of the public face: what can be asked of an actor follows from its class.
 */
import type { Reference } from '../../protocols/address.ts'
import type { Exit } from '../../protocols/exit.ts'
import type { Limits } from '../../protocols/limits.ts'
import type { Restart, SupervisionPolicy } from '../../protocols/restart/spec.ts'
import type { Actor } from './actor.ts'
import type { LOCALS } from './thread-local.ts'

/** What may be in a message: structured-cloneable values, references and errors; checked at the send. */
export type Sendable = unknown

// biome-ignore lint/suspicious/noExplicitAny: any is what lets a class with any constructor match.
export type ActorClass<A extends Actor = Actor> = new (...args: any[]) => A

// biome-ignore lint/suspicious/noExplicitAny: any is what lets a method with any parameters match.
type Method = (...args: any[]) => any

/** Generic methods and overloads lose their types when they are taken apart, so they match nothing. */
type Plain<F> = F extends (...args: infer P) => infer R ? (((...args: P) => R) extends F ? F : never) : never

type Iterates = AsyncIterable<unknown> | Generator<unknown, unknown, never>

/** Whether a handler gives a stream; one that always throws, or of which nothing is known, does not. */
type GivesStream<R> = [R] extends [never]
  ? false
  : IsAny<R> extends true
    ? false
    : R extends Iterates
      ? true
      : false

type IsAny<T> = 0 extends 1 & T ? true : false

type CallNames<A> = {
  [K in keyof A]: A[K] extends Method
    ? [Plain<A[K]>] extends [never]
      ? never
      : GivesStream<ReturnType<A[K]>> extends true
        ? never
        : K
    : never
}[keyof A]

type StreamNames<A> = {
  [K in keyof A]: A[K] extends Method ? (GivesStream<ReturnType<A[K]>> extends true ? K : never) : never
}[keyof A]

type Handlers<A> = Exclude<CallNames<A>, keyof Actor>
type Generators<A> = Exclude<StreamNames<A>, keyof Actor>
type Args<F> = F extends (...args: infer P) => unknown ? P : never
type Result<F> = F extends (...args: never[]) => infer R ? Awaited<R> : never
type Item<F> = F extends (...args: never[]) => AsyncIterable<infer T> | Generator<infer T, unknown, never>
  ? T
  : never

// biome-ignore lint/suspicious/noExplicitAny: a reference whose class is not known is not checked.
type Unchecked = any

/** Each handler as a call that waits for its result. */
export type Asks<A> =
  IsAny<A> extends true
    ? Unchecked
    : { readonly [K in Handlers<A>]: (...args: Args<A[K]>) => Promise<Result<A[K]>> }
/** Each handler as a message that is sent and forgotten; never throws. */
export type Tells<A> =
  IsAny<A> extends true ? Unchecked : { readonly [K in Handlers<A>]: (...args: Args<A[K]>) => void }
/** Each handler as a message whose promise resolves once it is in the mailbox. */
export type Offers<A> =
  IsAny<A> extends true ? Unchecked : { readonly [K in Handlers<A>]: (...args: Args<A[K]>) => Promise<void> }
/** Each generator handler as a stream of what it yields. */
export type Streams<A> =
  IsAny<A> extends true
    ? Unchecked
    : { readonly [K in Generators<A>]: (...args: Args<A[K]>) => AsyncIterableIterator<Item<A[K]>> }

/** A reference to an actor: plain data that can be sent in any message, compared and logged. */
export interface ActorRef<A extends Actor = Actor> extends Reference {
  readonly path: string
  readonly ask: Asks<A>
  readonly tell: Tells<A>
  readonly offer: Offers<A>
  readonly stream: Streams<A>
  /** The same calls with a deadline of their own, in milliseconds; for a stream, between two items. */
  within(ms: number): { readonly ask: Asks<A>; readonly stream: Streams<A> }
  equals(other: ActorRef): boolean
}

export type Overflow = 'refuse' | 'drop-oldest' | 'park'

export interface MailboxOptions {
  /** Messages that may wait; default `limits.mailboxSize`. */
  size?: number
  /** What happens to a message for a full mailbox; default `refuse`. */
  overflow?: Overflow
}

export interface SpawnOptions<C extends ActorClass = ActorClass> {
  args?: ConstructorParameters<C>
  name?: string
  pool?: string
  /**
   * The thread to live on, in place of a pool, for an actor that works with what is there already; 0 is
   * the starting thread, where a blocked handler can't be helped.
   */
  thread?: number
  mailbox?: MailboxOptions
  /** Whether the one who spawns starts it again when it fails; 3 times in 5 s, then the failure is its own. */
  restart?: Restart
  /** Milliseconds for its current turn and its `onStop` when it is stopped. */
  shutdownMs?: number
}

export interface ChildOptions {
  restart?: Restart
  shutdownMs?: number
  pool?: string
  /** See SpawnOptions.thread. */
  thread?: number
  mailbox?: MailboxOptions
}

export interface ChildSpec<C extends ActorClass = ActorClass> {
  readonly type: C
  readonly args: readonly unknown[]
  readonly options: ChildOptions
}

export type Children = Record<string, ChildSpec>

/** A supervisor before it is spawned: data in the form of a class. */
export interface SupervisorClass<Ch = Children> {
  new (): Actor
  readonly supervision: SupervisionSpec<Ch>
}

export interface SupervisionSpec<Ch = Children> extends SupervisionPolicy {
  readonly children: Ch
}

export interface SupervisorRef<Ch = Children> extends ActorRef {
  child<N extends keyof Ch & string>(name: N): Promise<Ch[N] extends ChildSpec<infer C> ? RefOf<C> : never>
  /** Starts another child while the supervisor runs. */
  startChild<C extends ActorClass>(name: string, spec: ChildSpec<C>): Promise<RefOf<C>>
  /** Stops a child for good and forgets it. */
  stopChild(name: string): Promise<void>
  children(): Promise<{ name: string; ref: ActorRef }[]>
}

/** The type of the reference that spawning a class gives. */
export type RefOf<C> =
  C extends SupervisorClass<infer Ch>
    ? SupervisorRef<Ch>
    : C extends ActorClass<infer A>
      ? ActorRef<A>
      : never

/** A logger of pino's shape. */
export interface Logger {
  trace: LogLine
  debug: LogLine
  info: LogLine
  warn: LogLine
  error: LogLine
}

export interface LogLine {
  (fields: object, message?: string): void
  (message: string): void
}

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent'

/** From where things of a system are reached: the system itself, or an actor's context. */
export interface Scope {
  /** The number of the thread that the calling code runs on. */
  readonly thread: number
  /** What code on this thread keeps by ThreadLocal. */
  readonly [LOCALS]: Map<object, unknown>
  spawn<C extends ActorClass>(type: C, options?: SpawnOptions<C>): Promise<RefOf<C>>
  lookup(path: string): Promise<ActorRef | undefined>
  stop(ref: ActorRef): Promise<void>
  /** Milliseconds since the epoch. */
  wall(): number
  /** Runs once when the system ends or, of a context, when this instance of the actor does; the returned function takes it back. */
  defer(run: () => void): () => void
}

/** What an actor is given: `this.context`, there from the first field initialiser on. */
export interface Context<Self> extends Scope {
  readonly self: Self extends Actor ? ActorRef<Self> : ActorRef
  readonly log: Logger
  /** Who sent the message that is being handled; undefined where it was no actor. */
  readonly sender: ActorRef | undefined
  /** When whoever asked gives up, on the clock of `now`; Infinity where nobody waits for the present message. */
  readonly deadline: number
  /** Milliseconds, monotonic, comparable between the threads of one process. */
  now(): number
  /** From 0 up to 1; with a seed of the system's, always the same numbers. */
  random(): number
  publish(topic: string, message: Sendable): void
  /** From now on this actor fails when the other fails, and the other when this one does. */
  link(ref: ActorRef): void
  /** Runs `listener` as a turn of this actor, exactly once, when the other is gone for good. */
  watch(ref: ActorRef, listener: (exit: Exit) => void): () => void
  subscribe<M>(topic: string, listener: (message: M) => void | Promise<void>): () => void
  readonly timers: Timers
  sleep(ms: number): Promise<void>
  /** Calls an exported function of a module on a pool of threads for computations. */
  offload<T>(module: string | URL, fn: string, args: Sendable[], options?: OffloadOptions): Promise<T>
}

/** Timers whose functions run as turns of the actor, and which end with it. */
export interface Timers {
  after(ms: number, run: () => void | Promise<void>): () => void
  every(ms: number, run: () => void | Promise<void>): () => void
}

export interface OffloadOptions {
  signal?: AbortSignal
  timeoutMs?: number
}

export type ActorState = 'starting' | 'running' | 'restarting' | 'stopping'

export interface ActorInfo {
  path: string
  type: string
  thread: number
  state: ActorState
  /** Messages waiting. */
  mailbox: number
  turns: number
  restarts: number
}

export type DeadLetterReason =
  | 'mailbox-full'
  | 'gone'
  | 'expired'
  | 'failed'
  | 'poisoned'
  | 'not-sendable'
  | 'unknown-handler'

export interface DeadLetter {
  to: string
  method: string
  reason: DeadLetterReason
}

export interface SystemEvents {
  restart: { path: string; type: string; exit: Exit; count: number }
  exit: Exit
  deadLetter: DeadLetter
  threadLost: { thread: number; reason: string; actors: string[] }
  stall: {
    path: string
    method: string
    thread: number
    ms: number
    /** Where the code is that blocks: `agents.ts:42:7 in Researcher.think`. */
    at?: string
    /** That and the calls that led there, as far as they are the program's own; at most ten. */
    stack?: string[]
  }
}

export interface PoolOptions {
  threads: number
  /** Heap limit of each thread in megabytes; default Node's own. */
  maxHeapMb?: number
  /** How long a handler may block one of its threads; default `limits.stallMs`. */
  stallMs?: number
}

/** Something that stands above the runtime and is started with it, under `/system`. */
export interface Service {
  readonly name: string
  /** Started under `/system/<name>`. */
  readonly supervisor:
    | SupervisorClass
    | ((system: ServiceSettings) => SupervisorClass | Promise<SupervisorClass>)
  /** Modules whose classes its actors are made of. */
  readonly modules?: readonly (string | URL)[]
}

/** What a service may want to know of the system that it runs in. */
export interface ServiceSettings {
  readonly name: string
  /** The folder of the system, as an absolute path. */
  readonly dataDir: string
}

export interface SystemOptions {
  name?: string
  /** File URLs that every thread imports; an actor class is found there by its export name. */
  modules?: (string | URL)[]
  /** Worker threads of the pool `default`: one less than there are cores; 0 hosts all actors on the calling thread. */
  threads?: number
  pools?: Record<string, PoolOptions>
  /** Folder for what belongs to this system; default `.neuroplex`. */
  dataDir?: string
  logLevel?: LogLevel
  /** Writes the log to this file instead of the standard error stream. */
  logFile?: string
  limits?: Partial<Limits>
  services?: Service[]
  /** Freezes what is sent on one thread, to catch a sender that keeps writing to it. */
  development?: boolean
  /** Seed of the system's random decisions; default a random one. */
  seed?: number
  /** Whether SIGINT and SIGTERM shut the system down in order; default true. */
  signals?: boolean
}
