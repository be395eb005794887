/** One line that says which node answers. */
import type { SystemDescription } from '../../telemetry/control.ts'
import { formatDuration, plural } from '../format.ts'
import { printable, styled } from '../output.ts'

export function renderSystem(system: SystemDescription, actors: number, now = Date.now()): string {
  const pools = new Set(system.threads.map(({ pool }) => pool)).size
  const facts = [
    `pid ${system.pid}`,
    `up ${formatDuration(now - system.startedAt)}`,
    `${plural(system.threads.length, 'thread')} in ${plural(pools, 'pool')}`,
    plural(actors, 'actor'),
    `neuroplex ${system.version}`,
    `Node ${system.node.replace(/^v/, '')}`,
  ]
  return `${styled('bold', printable(system.name))}  ${styled('dim', facts.join(' · '))}`
}
