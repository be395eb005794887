/**
 * The errors that end a message which no handler will answer, worded in one place.
 */
import {
  ActorGoneError,
  AskTimeoutError,
  MailboxFullError,
  type NeuroplexError,
  ThreadLostError,
  UnknownHandlerError,
} from '../../protocols/errors.ts'
import { toError } from '../../protocols/payload/wire-error.ts'

export function gone(target: string, method: string, mayHaveRun = false): ActorGoneError {
  return new ActorGoneError(`${target} has stopped, so "${method}" found nobody`, {
    target,
    method,
    mayHaveRun,
  })
}

export function threadLost(target: string, method: string): ThreadLostError {
  return new ThreadLostError(
    `the thread of ${target} ended while "${method}" was under way; it may have run`,
    {
      target,
      method,
      mayHaveRun: true,
    },
  )
}

export function expired(target: string, method: string): AskTimeoutError {
  return new AskTimeoutError(
    `"${method}" waited in the mailbox of ${target} until its deadline had passed and was not run`,
    {
      target,
      method,
      mayHaveRun: false,
    },
  )
}

export function mailboxFull(target: string, method: string, waiting: number): MailboxFullError {
  return new MailboxFullError(
    `the mailbox of ${target} is full with ${waiting} messages; send slower, await ref.offer.${method}(...), or give it a larger mailbox.size`,
    { target, method, mayHaveRun: false },
  )
}

export function linkFull(target: string, method: string, waiting: number): MailboxFullError {
  return new MailboxFullError(
    `${waiting} messages are on their way to the thread of ${target}, which does not keep up; send slower or await ref.offer.${method}(...)`,
    { target, method, mayHaveRun: false },
  )
}

export function readAsStream(type: string, target: string, method: string): UnknownHandlerError {
  return new UnknownHandlerError(
    `${type}.${method} is a generator: read it with ref.stream.${method}(...) instead of ask or tell`,
    { target, method, mayHaveRun: false },
  )
}

export function noStream(type: string, target: string, method: string): UnknownHandlerError {
  return new UnknownHandlerError(`${type}.${method} is no generator: call it with ref.ask.${method}(...)`, {
    target,
    method,
    mayHaveRun: true,
  })
}

/** The error with the call that it ended, where it doesn't name one yet. */
export function withCall(
  thrown: unknown,
  target: string,
  method: string,
  mayHaveRun = false,
): NeuroplexError {
  const error = toError(thrown) as NeuroplexError
  if (error.target === undefined) Object.assign(error, { target, method, mayHaveRun })
  return error
}
