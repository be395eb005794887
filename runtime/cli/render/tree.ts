/** Draws actors as a tree with their figures in columns beside it. */
import type { ActorInfo } from '../../actor/types.ts'
import { formatCount } from '../format.ts'
import { printable, styled } from '../output.ts'
import { type Column, renderTable } from '../table.ts'
import { renderState } from './state.ts'

/** Children of one actor that are shown unless all are asked for. */
const SHOWN_CHILDREN = 40

const COLUMNS: readonly Column[] = [
  { head: 'ACTOR' },
  { head: 'CLASS' },
  { head: 'THREAD', align: 'right' },
  { head: 'STATE' },
  { head: 'QUEUE', align: 'right' },
  { head: 'TURNS', align: 'right' },
  { head: 'RESTARTS', align: 'right' },
]

interface Branch {
  name: string
  info?: ActorInfo
  children: Map<string, Branch>
}

export interface TreeView {
  depth?: number
  all?: boolean
}

export function renderTree(actors: readonly ActorInfo[], view: TreeView = {}): string[] {
  const rows: string[][] = []
  for (const top of plant(actors)) addRows(rows, top, '', '', 1, view)
  return renderTable(COLUMNS, rows)
}

/** Grows the tree from the paths; a step that is no actor itself becomes a branch without figures. */
function plant(actors: readonly ActorInfo[]): Branch[] {
  const root: Branch = { name: '', children: new Map() }
  const common = commonFolder(actors)
  for (const info of actors) {
    let branch = root
    const steps = info.path.slice(common.length).split('/')
    steps.forEach((step, index) => {
      const name = index === 0 ? `${common}${step}` : step
      let next = branch.children.get(name)
      if (!next) branch.children.set(name, (next = { name, children: new Map() }))
      branch = next
    })
    branch.info = info
  }
  return [...root.children.values()]
}

/** What stands before the first shown step: "/" for all actors, "/user/" where a single branch was asked for. */
function commonFolder(actors: readonly ActorInfo[]): string {
  const first = actors[0]?.path ?? '/'
  const folder = first.slice(0, first.lastIndexOf('/') + 1)
  const single = actors.every(({ path }) => path === first || path.startsWith(`${first}/`))
  return single ? folder : '/'
}

function addRows(
  rows: string[][],
  branch: Branch,
  lead: string,
  below: string,
  level: number,
  view: TreeView,
): void {
  rows.push(describe(branch, lead))
  const children = [...branch.children.values()]
  if (children.length === 0) return
  if (view.depth !== undefined && level >= view.depth) {
    rows.push(hint(`${below}└─ … ${countBelow(branch)} below`))
    return
  }
  const shown = view.all ? children : children.slice(0, SHOWN_CHILDREN)
  const hidden = children.length - shown.length
  shown.forEach((child, index) => {
    const last = index === shown.length - 1 && hidden === 0
    addRows(
      rows,
      child,
      `${below}${last ? '└─ ' : '├─ '}`,
      `${below}${last ? '   ' : '│  '}`,
      level + 1,
      view,
    )
  })
  if (hidden > 0) rows.push(hint(`${below}└─ … ${hidden} more (--all shows them)`))
}

function describe({ name, info }: Branch, lead: string): string[] {
  const label = `${styled('dim', lead)}${printable(name)}`
  if (!info) return [label, '', '', '', '', '', '']
  return [
    label,
    printable(info.type),
    String(info.thread),
    renderState(info.state),
    formatCount(info.mailbox),
    formatCount(info.turns),
    info.restarts > 0 ? styled('yellow', formatCount(info.restarts)) : '0',
  ]
}

function hint(text: string): string[] {
  return [styled('dim', text), '', '', '', '', '', '']
}

function countBelow(branch: Branch): number {
  let count = 0
  for (const child of branch.children.values()) count += 1 + countBelow(child)
  return count
}
