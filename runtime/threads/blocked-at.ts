/**
 * Where the code of a thread is and whose turn it belongs to, told by the thread itself while its code is
 * interrupted: see `inspector.ts`, which asks.
 */
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { currentTurn, type Turn } from '../actor/ambient.ts'
import type { Cell } from '../actor/cell.ts'
import { State } from '../actor/state.ts'
import type { Host } from './host.ts'
import { ON_START } from './pulses.ts'

export interface BlockedAt {
  /** Whose turn the code belongs to; undefined where it belongs to none. */
  actor: { path: string; method: string; serial: number } | undefined
  /** Frames of the user's code, the innermost first: `agents.ts:42:7 in Researcher.think`. */
  stack: string[]
  /** What the pulse of the thread showed meanwhile. */
  turn: number
  rounds: number
}

/** Under this symbol, which no list of global names shows, each thread keeps what tells. */
const TELL = 'neuroplex.blockedAt'

/** To be evaluated on the thread that is asked; gives a BlockedAt. */
export const WHERE = `globalThis[Symbol.for('${TELL}')]()`

/** Frames that are looked through for those of the user. */
const FRAMES = 100
/** Frames of the user that are told. */
const FRAMES_TOLD = 10
/** Characters of a frame that are told: the address of a module can be its whole source. */
const FRAME_LENGTH = 300

const FRAME = /^ +at (?:async )?(?:(?<fn>.+) \()?(?<file>[^()]+):(?<line>\d+):(?<column>\d+)\)?$/

/** What lies here is the runtime's own, which calls the user's code and is called by it. */
const OWN = ['..', '../../protocols'].map((folder) => new URL(`${folder}/`, import.meta.url).href)

/** Lets the system ask this thread. */
export function tellBlockedAt(host: Host): void {
  Object.defineProperty(globalThis, Symbol.for(TELL), { value: () => blockedAt(host), configurable: true })
}

function blockedAt(host: Host): BlockedAt {
  const { turn, rounds } = host.pulse
  const current = currentTurn()
  const actor = current && {
    path: current.cell.path,
    method: methodOf(current, host),
    serial: current.cell.serial,
  }
  return { actor, stack: stack(), turn, rounds }
}

function methodOf({ cell, envelope }: Turn, host: Host): string {
  if (envelope !== null) return envelope.handler.name
  const { serial, method } = host.pulse
  const shown = serial === cell.serial ? method : undefined
  if (cell.state === State.starting || shown === ON_START) return 'onStart'
  if (cell.state >= State.stopping) return 'onStop'
  if (cell.state === State.restarting) return '(restart)'
  return nameOf(cell, shown)
}

/** A plain message that is handled without a break has no envelope; the pulse tells its handler. */
function nameOf(cell: Cell, method: number | undefined): string {
  const handler = method === undefined ? undefined : cell.type.handlerList[method]
  return handler?.name ?? '(a timer or listener)'
}

/** The text of a stack and not its call sites, because only that shows who awaits the code. */
function stack(): string[] {
  const settings: { stackTraceLimit: number; prepareStackTrace?: unknown } = Error
  const { stackTraceLimit, prepareStackTrace } = settings
  try {
    settings.stackTraceLimit = FRAMES
    // With one of the program's own, the text could be anything.
    settings.prepareStackTrace = undefined
    return framesOf(new Error('here').stack ?? '')
  } catch {
    return []
  } finally {
    settings.stackTraceLimit = stackTraceLimit
    settings.prepareStackTrace = prepareStackTrace
  }
}

/** The frames of the user's code in the text of a stack. */
export function framesOf(text: string): string[] {
  return text
    .split('\n')
    .flatMap((line) => frameOf(line) ?? [])
    .slice(0, FRAMES_TOLD)
}

function frameOf(text: string): string | undefined {
  const { fn, file, line, column } = FRAME.exec(text)?.groups ?? {}
  if (file === undefined || file === '<anonymous>' || file.startsWith('node:')) return undefined
  if (OWN.some((folder) => file.startsWith(folder))) return undefined
  const place = `${shorten(file)}:${line}:${column}`
  return (fn === undefined ? place : `${place} in ${fn}`).slice(0, FRAME_LENGTH)
}

/** As seen from the working folder, where it lies below that. */
function shorten(file: string): string {
  if (!file.startsWith('file:')) return file
  const path = fileURLToPath(file)
  const below = relative(process.cwd(), path)
  return below.startsWith('..') ? path : below
}
