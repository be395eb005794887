/**
 * The log: pino, written by each thread itself to a file descriptor, so that no thread's log waits for
 * the main thread. JSON lines; on a terminal, lines for people.
 */
import { closeSync, openSync, writeSync } from 'node:fs'
import pino from 'pino'
import pretty from 'pino-pretty'
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

export function checkLogLevel(level: unknown): asserts level is LogLevel {
  if (!LEVELS.includes(level as LogLevel))
    throw new InvalidOptionError(`logLevel has to be one of ${LEVELS.join(', ')}, not ${JSON.stringify(level)}`)
}

/** Throws InvalidOptionError where the file can't be opened. */
export function openLog({ level, name, thread, file }: LogOptions): Log {
  const lines = new LineWriter(file)
  const colors = file === undefined && process.stderr.isTTY === true
  const stream = colors ? pretty({ destination: lines, colorize: true, ignore: 'pid,hostname,system', sync: true }) : lines
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
      throw new InvalidOptionError(`the log file ${file} can't be opened: ${(cause as Error).message}; choose another`, { cause })
    }
  }

  write(line: string): boolean {
    try {
      writeSync(this.#descriptor, line)
      if (this.#lost > 0) this.#recovered()
    } catch (error) {
      this.#failed(error as NodeJS.ErrnoException)
    }
    return true
  }

  end(): void {
    if (this.#descriptor > STDERR) closeSync(this.#descriptor)
    this.#descriptor = STDERR
  }

  /** Says once that lines are lost; an operator finds the sentence on the standard error stream. */
  #failed(error: NodeJS.ErrnoException): void {
    // A pipe that is full for a moment is no loss worth a word.
    if (this.#lost++ > 0 || error.code === 'EAGAIN' || this.#descriptor === STDERR) return
    const why = error.code === 'ENOSPC' ? 'the disk is full; free some space' : error.message
    process.stderr.write(`neuroplex: log lines for ${this.#file} are being lost: ${why}\n`)
  }

  #recovered(): void {
    const lost = this.#lost
    this.#lost = 0
    this.write(`${JSON.stringify({ level: 40, msg: `${lost} log lines were lost before this one` })}\n`)
  }
}
