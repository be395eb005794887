/**
 * The live display: a block of lines that is drawn again in the same place, and at the end left standing
 * above the results.
 */
import { clip } from '../../../runtime/cli/clip.ts'
import { styled } from '../../../runtime/cli/output.ts'
import type { ActorInfo } from '../../../runtime/index.ts'
import type { DecisionReader } from '../desk/decision-reader.ts'
import type { CoordinationPlan } from '../documents/coordination-plan.ts'
import type { Incidents } from '../incidents.ts'
import type { Progress } from '../progress.ts'
import { decisionLines } from './decision-line.ts'
import { incidentLine } from './incident-line.ts'
import { clock, plural } from './numbers.ts'
import { phaseLine } from './phase-lines.ts'
import { planLines } from './plan-line.ts'
import { teamLines } from './team-lines.ts'

const DRAW_EVERY_MS = 100
/** Asking all threads for their actors is more work than drawing. */
const LOOK_EVERY_MS = 400
const SHOWN_INCIDENTS = 6
const HIDE_CURSOR = '\u001b[?25l'
const SHOW_CURSOR = '\u001b[?25h'
const BEGIN_UPDATE = '\u001b[?2026h'
const END_UPDATE = '\u001b[?2026l'
const CLEAR_LINE_END = '\u001b[K'
const CLEAR_BELOW = '\u001b[J'

export interface Display {
  /** Ends the display and leaves what it showed last. */
  end(): void
}

export interface DisplayParts {
  readonly progress: Progress
  readonly incidents: Incidents
  /** All actors that there are at present. */
  readonly inspect: () => Promise<ActorInfo[]>
  /** The plan that the team shares at present, once there is one. */
  readonly plan: () => Readonly<CoordinationPlan> | undefined
  /** What the validators have decided so far, once there is a job. */
  readonly decided: () => Pick<DecisionReader, 'count' | 'height' | 'perSecond'> | undefined
}

export function showLive(parts: DisplayParts): Display {
  const block = new Block()
  let actors: ActorInfo[] = []
  const look = setInterval(() => {
    parts.inspect().then(
      (seen) => (actors = seen),
      () => undefined,
    )
  }, LOOK_EVERY_MS)
  const draw = (): void => block.draw(linesOf(parts, actors))
  const drawing = setInterval(draw, DRAW_EVERY_MS)
  return {
    end() {
      clearInterval(look)
      clearInterval(drawing)
      draw()
      block.leave()
    },
  }
}

function linesOf(
  { progress, incidents, plan, decided }: DisplayParts,
  actors: readonly ActorInfo[],
): string[] {
  const { restarts, stalls, threadsLost } = incidents
  const title = `${styled('bold', 'neuroplex')}  a team of agents triages mail  ${styled('dim', clock(progress.seconds))}`
  const troubles = `${plural(restarts, 'restart')}, ${plural(stalls, 'stall')}, ${plural(threadsLost, 'lost thread')}`
  return [
    '',
    title,
    '',
    ...progress.phases.map(phaseLine),
    ...planLines(plan()),
    ...decisionLines(decided()),
    '',
    ...teamLines(actors),
    '',
    styled(restarts > 0 ? 'yellow' : 'dim', troubles),
    ...incidents.kept.slice(-SHOWN_INCIDENTS).map(incidentLine),
    ...(progress.ending ? ['', styled('yellow', 'ending in order; Ctrl-C once more ends at once')] : []),
  ]
}

class Block {
  #drawn = 0

  constructor() {
    process.stdout.write(HIDE_CURSOR)
    process.on('exit', showCursor)
  }

  /** What doesn't fit is left out: a terminal can't be written to above its first row. */
  draw(lines: readonly string[]): void {
    const { columns, rows } = process.stdout
    const shown = lines.slice(0, Math.max(1, rows - 1)).map((line) => clip(line, columns))
    const back = this.#drawn > 0 ? `\u001b[${Math.min(this.#drawn, rows - 1)}A` : ''
    const body = shown.map((line) => `${line}${CLEAR_LINE_END}\n`).join('')
    process.stdout.write(`${BEGIN_UPDATE}${back}${body}${CLEAR_BELOW}${END_UPDATE}`)
    this.#drawn = shown.length
  }

  leave(): void {
    process.off('exit', showCursor)
    showCursor()
  }
}

function showCursor(): void {
  process.stdout.write(SHOW_CURSOR)
}
