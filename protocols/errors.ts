/**
 * Every way in which neuroplex can fail, one class each, with a code that programs may rely on.
 *
 * The `code` is stable across releases; the message is for people and may change. `target` and
 * `method` name the call that failed. `mayHaveRun` answers the question a caller has to ask before
 * trying again: could the handler have been executed, wholly or in part?
 */

/** What an error can tell about the call that it ended. */
export interface ErrorDetails {
  target?: string
  method?: string
  mayHaveRun?: boolean
  cause?: unknown
}

/** The base class of all errors that neuroplex itself raises. */
export class NeuroplexError extends Error {
  readonly code: string
  // Declared only: what an error has not been told is no property of it.
  declare readonly target?: string
  declare readonly method?: string
  declare readonly mayHaveRun?: boolean

  constructor(code: string, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.code = code
    if (details.target !== undefined) this.target = details.target
    if (details.method !== undefined) this.method = details.method
    if (details.mayHaveRun !== undefined) this.mayHaveRun = details.mayHaveRun
  }

  override get name(): string {
    return this.constructor.name
  }
}

/** The deadline of an ask passed before its reply came. */
export class AskTimeoutError extends NeuroplexError {
  constructor(message: string, details?: ErrorDetails) {
    super('ASK_TIMEOUT', message, details)
  }
}

/** The actor has stopped, or there never was one under that name. */
export class ActorGoneError extends NeuroplexError {
  constructor(message: string, details?: ErrorDetails) {
    super('ACTOR_GONE', message, details)
  }
}

/** The worker thread of the actor ended while the call was under way. */
export class ThreadLostError extends NeuroplexError {
  constructor(message: string, details?: ErrorDetails) {
    super('THREAD_LOST', message, details)
  }
}

/** The mailbox of the actor is at its bound and its policy is to refuse the new message. */
export class MailboxFullError extends NeuroplexError {
  constructor(message: string, details?: ErrorDetails) {
    super('MAILBOX_FULL', message, details)
  }
}

/** The ask would wait for an actor that is itself waiting for the asker. */
export class AskCycleError extends NeuroplexError {
  constructor(message: string, details?: ErrorDetails) {
    super('ASK_CYCLE', message, details)
  }
}

/** A value in an argument or a result cannot travel between actors. */
export class NotSendableError extends NeuroplexError {
  constructor(message: string, details?: ErrorDetails) {
    super('NOT_SENDABLE', message, details)
  }
}

/** The actor's class has no public method of that name. */
export class UnknownHandlerError extends NeuroplexError {
  constructor(message: string, details?: ErrorDetails) {
    super('UNKNOWN_HANDLER', message, details)
  }
}

/** The class to spawn is not exported by any module that the system was started with. */
export class UnknownActorClassError extends NeuroplexError {
  constructor(message: string, details?: ErrorDetails) {
    super('UNKNOWN_ACTOR_CLASS', message, details)
  }
}

/** Another living child of the same parent already has that name. */
export class NameTakenError extends NeuroplexError {
  constructor(message: string, details?: ErrorDetails) {
    super('NAME_TAKEN', message, details)
  }
}

/**
 * Thrown by a handler that refuses a request: the asker gets it, and the actor does not fail.
 *
 * @example throw new Refused('the account is closed')
 */
export class Refused extends NeuroplexError {
  constructor(message: string, details?: ErrorDetails) {
    super('REFUSED', message, details)
  }
}

/** An option is of the wrong type or out of its range. */
export class InvalidOptionError extends NeuroplexError {
  constructor(message: string, details?: ErrorDetails) {
    super('INVALID_OPTION', message, details)
  }
}

/** A module that the system was started with could not be imported, or exports what it must not. */
export class ModuleLoadError extends NeuroplexError {
  constructor(message: string, details?: ErrorDetails) {
    super('MODULE_LOAD', message, details)
  }
}

/** The system is shutting down or has shut down. */
export class SystemStoppedError extends NeuroplexError {
  constructor(message: string, details?: ErrorDetails) {
    super('SYSTEM_STOPPED', message, details)
  }
}

/** An actor failed because one that it is linked to failed. */
export class LinkedActorError extends NeuroplexError {
  constructor(message: string, details?: ErrorDetails) {
    super('LINKED_ACTOR', message, details)
  }
}

/**
 * The storage could not do what was asked: its disk is full or read-only, its file is damaged, its
 * thread ended. `mayHaveRun` says whether a write may nevertheless be there when it is opened again.
 */
export class StorageFailedError extends NeuroplexError {
  constructor(message: string, details?: ErrorDetails) {
    super('STORAGE_FAILED', message, details)
  }
}

/** Another process, or another part of this one, has the data folder open. */
export class StorageInUseError extends NeuroplexError {
  constructor(message: string, details?: ErrorDetails) {
    super('STORAGE_IN_USE', message, details)
  }
}

/** More calls wait for the storage than may; what is refused has not been written. */
export class StorageBusyError extends NeuroplexError {
  constructor(message: string, details?: ErrorDetails) {
    super('STORAGE_BUSY', message, details)
  }
}

/** A write would exceed a limit of the storage; nothing of it has been written. */
export class StorageFullError extends NeuroplexError {
  constructor(message: string, details?: ErrorDetails) {
    super('STORAGE_FULL', message, details)
  }
}

/** What is stored is not what was written, and nothing of it is given out: restore it, or give it up on purpose. */
export class StorageDamagedError extends NeuroplexError {
  constructor(message: string, details?: ErrorDetails) {
    super('STORAGE_DAMAGED', message, details)
  }
}

/** The storage has been closed. */
export class StorageClosedError extends NeuroplexError {
  constructor(message: string, details?: ErrorDetails) {
    super('STORAGE_CLOSED', message, details)
  }
}

/** A chunk of a document, or what names one, is not as a storage takes it; nothing has been written. */
export class InvalidChunkError extends NeuroplexError {
  constructor(message: string, details?: ErrorDetails) {
    super('INVALID_CHUNK', message, details)
  }
}

/** A stored chunk is not what was written. It is kept apart, and never given out. */
export class ChunkDamagedError extends NeuroplexError {
  constructor(message: string, details?: ErrorDetails) {
    super('CHUNK_DAMAGED', message, details)
  }
}

/** A clock can count no more: it has too many nodes, or a count is at its largest. It is unchanged. */
export class ClockLimitError extends NeuroplexError {
  constructor(message: string, details?: ErrorDetails) {
    super('CLOCK_LIMIT', message, details)
  }
}

/** Bytes that should be a vector clock are none, or one that is larger than is allowed. */
export class MalformedClockError extends NeuroplexError {
  constructor(message: string, details?: ErrorDetails) {
    super('MALFORMED_CLOCK', message, details)
  }
}

/** An operation has an id, dependencies or a timestamp that no operation can have; it was not applied. */
export class InvalidOperationError extends NeuroplexError {
  constructor(message: string, details?: ErrorDetails) {
    super('INVALID_OPERATION', message, details)
  }
}

/** Too many operations wait already. This one was not applied and has to be given or asked for again. */
export class OperationRefusedError extends NeuroplexError {
  constructor(message: string, details?: ErrorDetails) {
    super('OPERATION_REFUSED', message, details)
  }
}

/** An operation could not be applied: its counter is free again, and it can be given again. */
export class ApplyFailedError extends NeuroplexError {
  constructor(message: string, details?: ErrorDetails) {
    super('APPLY_FAILED', message, details)
  }
}

/** An operation was applied here but did not reach its peers; it is kept, and must not be given again. */
export class PropagationFailedError extends NeuroplexError {
  constructor(message: string, details?: ErrorDetails) {
    super('PROPAGATION_FAILED', message, details)
  }
}

/** The consistency manager was closed before the operation was applied. */
export class ConsistencyClosedError extends NeuroplexError {
  constructor(message: string, details?: ErrorDetails) {
    super('CONSISTENCY_CLOSED', message, details)
  }
}
