/** The team in a few lines: a row for each branch of its tree, a mark for each actor. */
import { printable, styled } from '../../../runtime/cli/output.ts'
import type { ActorInfo } from '../../../runtime/index.ts'

const ROOT = '/user/team'
const NAME_WIDTH = 10

export function teamLines(actors: readonly ActorInfo[]): string[] {
  const branches = actors.filter(({ path }) => path.split('/').length === 4 && path.startsWith(`${ROOT}/`))
  const lines = branches.map((branch, i) => {
    const edge = i === branches.length - 1 ? '└─ ' : '├─ '
    const members = actors.filter(({ path }) => path.startsWith(`${branch.path}/`))
    const shown = members.length === 0 ? [mark(branch)] : members.map((one) => `${nameOf(one)} ${mark(one)}`)
    return `${styled('dim', edge)}${nameOf(branch).padEnd(NAME_WIDTH)} ${shown.join('  ')}`
  })
  return lines.length === 0 ? [] : ['team', ...lines]
}

function nameOf({ path }: ActorInfo): string {
  return printable(path.slice(path.lastIndexOf('/') + 1))
}

/** How an actor fares, how many letters wait for it, and how often it was restarted. */
function mark({ state, mailbox, restarts }: ActorInfo): string {
  const dot = styled(state === 'running' ? 'green' : 'yellow', state === 'running' ? '●' : '○')
  const waiting = mailbox > 0 ? styled('dim', ` ${mailbox} waiting`) : ''
  return `${dot}${waiting}${restarts > 0 ? styled('yellow', ` ↻${restarts}`) : ''}`
}
