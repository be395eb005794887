/**
 * The log: pino, written by each thread itself to a file descriptor, so that no thread's log waits for
 * the main thread. JSON lines; on a terminal, lines for people.
 */
import { closeSync, openSync, writeSync } from 'node:fs'
import { isatty } from 'node:tty'
import pino from 'pino'
import { prettyFactory } from 'pino-pretty'
import { InvalidOptionError } from '../../protocols/errors.ts'
import type { Logger, LogLevel } from '../actor/types.ts'

export interface LogOptions {
  level: LogLevel
  /** Name of the system and number of the thread, on every line. */
  name: string
  thread: number
  file: string | undefined
}

export interface Log extends Logger {
  enabled(level: LogLevel): boolean
  /** A logger whose lines carry these fields. */
  child(fields: object): Logger
  flush(): void
}

const LEVELS: readonly LogLevel[] = ['trace', 'debug', 'info', 'warn', 'error', 'silent']
const STDERR = 2
/** How often and how long a full pipe is waited for, in milliseconds. */
const PIPE_WAITS = 20
const PIPE_WAIT_MS = 1
const pause = new Int32Array(new SharedArrayBuffer(4))

export function checkLogLevel(level: unknown): asserts level is LogLevel {
  if (!LEVELS.includes(level as LogLevel))
    throw new InvalidOptionError(
      `logLevel has to be one of ${LEVELS.join(', ')}, not ${JSON.stringify(level)}`,
    )
}

/** Throws InvalidOptionError where the file can't be opened. */
export function openLog({ level, name, thread, file }: LogOptions): Log {
  const lines = new LineWriter(file)
  // A worker's process.stderr is not the terminal; its descriptor is.
  const forPeople = file === undefined && isatty(STDERR)
  const prettify = forPeople
    ? prettyFactory({ colorize: true, ignore: 'pid,hostname,system', singleLine: true })
    : undefined
  const stream = prettify === undefined ? lines : { write: (line: string) => lines.write(prettify(line)) }
  const options: pino.LoggerOptions = {
    level,
    base: { system: name, thread },
    serializers: { err: pino.stdSerializers.errWithCause },
  }
  const logger = pino(options, stream as pino.DestinationStream)
  return Object.assign(logger as unknown as Logger, {
    enabled: (wanted: LogLevel) => wanted !== 'silent' && logger.isLevelEnabled(wanted),
    child: (fields: object) => Object.getPrototypeOf(logger).child.call(logger, fields) as Logger,
    flush: () => lines.end(),
  })
}

/** Writes lines to a descriptor at once. A disk that is full loses log lines, never the system. */
class LineWriter {
  readonly #file: string | undefined
  #descriptor: number
  #lost = 0

  constructor(file: string | undefined) {
    this.#file = file
    try {
      this.#descriptor = file === undefined ? STDERR : openSync(file, 'a')
    } catch (cause) {
      throw new InvalidOptionError(
        `the log file ${file} can't be opened: ${(cause as Error).message}; choose another`,
        { cause },
      )
    }
  }

  write(line: string): boolean {
    try {
      this.#writeAll(Buffer.from(line))
      if (this.#lost > 0) this.#recovered()
    } catch (error) {
      this.#failed(error as NodeJS.ErrnoException)
    }
    return true
  }

  /** A pipe whose reader is slow takes a part at a time; it gets a moment before lines are given up. */
  #writeAll(bytes: Buffer): void {
    let written = 0
    for (let waits = 0; written < bytes.length; ) {
      try {
        written += writeSync(this.#descriptor, bytes, written)
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EAGAIN' || ++waits > PIPE_WAITS) throw error
        Atomics.wait(pause, 0, 0, PIPE_WAIT_MS)
      }
    }
  }

  end(): void {
    if (this.#descriptor > STDERR) closeSync(this.#descriptor)
    this.#descriptor = STDERR
  }

  /** Says once that lines are lost; an operator finds the sentence on the standard error stream. */
  #failed(error: NodeJS.ErrnoException): void {
    // Where the standard error stream itself fails there is nowhere left to say it.
    if (this.#lost++ > 0 || this.#descriptor === STDERR) return
    const why = error.code === 'ENOSPC' ? 'the disk is full; free some space' : error.message
    process.stderr.write(`neuroplex: log lines for ${this.#file} are being lost: ${why}\n`)
  }

  #recovered(): void {
    const lost = this.#lost
    this.#lost = 0
    this.write(`${JSON.stringify({ level: 40, msg: `${lost} log lines were lost before this one` })}\n`)
  }
}
