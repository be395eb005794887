/** The display for logs and pipes: a line when a phase begins or ends, and one now and then between. */
import { incidentLine } from './incident-line.ts'
import type { Display, DisplayParts } from './live.ts'
import { count } from './numbers.ts'
import { phaseLine } from './phase-lines.ts'

const SAY_EVERY_MS = 10_000

export function showPlain({ progress, incidents }: DisplayParts): Display {
  let told = 0
  const tellIncidents = (): void => {
    for (const incident of incidents.kept.slice(told)) console.log(incidentLine(incident))
    told = incidents.kept.length
  }
  progress.onChange((phase) => {
    tellIncidents()
    if (phase.ended !== undefined) console.log(phaseLine(phase))
  })
  const saying = setInterval(() => {
    tellIncidents()
    for (const { name, done, total, ended } of progress.phases)
      if (ended === undefined && total !== undefined)
        console.log(`  ${name}: ${count(done)} of ${count(total)}`)
  }, SAY_EVERY_MS)
  return {
    end() {
      clearInterval(saying)
      tellIncidents()
    },
  }
}
