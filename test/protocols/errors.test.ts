import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as allErrors from '../../protocols/errors.ts'

const { NeuroplexError, ...errors } = allErrors

/** The codes that programs may rely on. */
const CODES = {
  AskTimeoutError: 'ASK_TIMEOUT',
  ActorGoneError: 'ACTOR_GONE',
  ThreadLostError: 'THREAD_LOST',
  MailboxFullError: 'MAILBOX_FULL',
  AskCycleError: 'ASK_CYCLE',
  NotSendableError: 'NOT_SENDABLE',
  UnknownHandlerError: 'UNKNOWN_HANDLER',
  UnknownActorClassError: 'UNKNOWN_ACTOR_CLASS',
  NameTakenError: 'NAME_TAKEN',
  Refused: 'REFUSED',
  InvalidOptionError: 'INVALID_OPTION',
  ModuleLoadError: 'MODULE_LOAD',
  SystemStoppedError: 'SYSTEM_STOPPED',
  LinkedActorError: 'LINKED_ACTOR',
  StorageFailedError: 'STORAGE_FAILED',
  StorageInUseError: 'STORAGE_IN_USE',
  StorageBusyError: 'STORAGE_BUSY',
  StorageFullError: 'STORAGE_FULL',
  StorageDamagedError: 'STORAGE_DAMAGED',
  StorageClosedError: 'STORAGE_CLOSED',
  InvalidChunkError: 'INVALID_CHUNK',
  ChunkDamagedError: 'CHUNK_DAMAGED',
  ClockLimitError: 'CLOCK_LIMIT',
  MalformedClockError: 'MALFORMED_CLOCK',
  InvalidOperationError: 'INVALID_OPERATION',
  OperationRefusedError: 'OPERATION_REFUSED',
  ApplyFailedError: 'APPLY_FAILED',
  PropagationFailedError: 'PROPAGATION_FAILED',
  ConsistencyClosedError: 'CONSISTENCY_CLOSED',
} as const

for (const [name, code] of Object.entries(CODES) as [keyof typeof CODES, string][])
  test(`${name} has the code ${code}, its own name, and tells the call that it ended`, () => {
    const cause = new Error('cause')
    const error = new errors[name]('why', { target: '/user/a', method: 'm', mayHaveRun: true, cause })
    assert.ok(error instanceof NeuroplexError && error instanceof Error)
    assert.equal(error.code, code)
    assert.equal(error.name, name)
    assert.equal(error.message, 'why')
    assert.deepEqual(
      [error.target, error.method, error.mayHaveRun, error.cause],
      ['/user/a', 'm', true, cause],
    )
    assert.match(String(error.stack), new RegExp(`^${name}: why`))
  })

test('every class of error is listed here with its code', () => {
  const classes = Object.keys(errors)
  assert.deepEqual(classes.sort(), Object.keys(CODES).sort())
})

test('what an error has not been told is no property of it', () => {
  assert.deepEqual(Object.keys(new errors.Refused('no')), ['code'])
  assert.ok(!('cause' in new errors.Refused('no')))
})
