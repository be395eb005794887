/** The report as people read it. */
import Table from 'cli-table3'
import type { ReportedFigure, ReportedTarget } from './report.ts'
import type { Summary } from './statistics.ts'

/** One row for neuroplex, one for each of its peers, and a line for each thing to be known or reached. */
export function renderFigures(figures: readonly ReportedFigure[]): string {
  const table = new Table({
    head: ['figure', 'system', 'median', 'min – max', 'runs', 'neuroplex is'],
    colAligns: ['left', 'left', 'right', 'right', 'right', 'right'],
    style: { head: [], border: [], compact: true },
  })
  for (const figure of figures) table.push(...rowsOf(figure))
  return table.toString()
}

type Row = (string | { content: string; colSpan: number })[]

function rowsOf(figure: ReportedFigure): Row[] {
  const title = `${figure.name} (${figure.unit})`
  return [
    [title, 'neuroplex', ...numbersOf(figure), ''],
    ...figure.peers.map((peer) => ['', peer.name, ...numbersOf(peer), `${formatRatio(peer.ratio)}×`]),
    ...figure.targets.map((target) => ['', { content: `target: ${targetText(target)}`, colSpan: 5 }]),
    ...(figure.note === undefined ? [] : [['', { content: `note: ${figure.note}`, colSpan: 5 }]]),
  ]
}

function numbersOf({ median, min, max, runs }: Summary): string[] {
  return [formatValue(median), `${formatValue(min)} – ${formatValue(max)}`, `${runs.length}`]
}

function targetText({ text, reached }: ReportedTarget): string {
  if (reached === undefined) return `${text}: unknown, since that peer took no part`
  return `${text}: ${reached ? 'reached' : 'NOT reached'}`
}

/** Three digits, with k and M for thousands and millions. */
export function formatValue(value: number): string {
  if (value >= 999_500) return `${formatValue(value / 1_000_000)} M`
  if (value >= 9_995) return `${formatValue(value / 1_000)} k`
  if (value >= 99.95) return value.toFixed(0)
  return value.toFixed(value >= 9.995 ? 1 : value >= 0.0995 || value === 0 ? 2 : 3)
}

export function formatRatio(ratio: number): string {
  return ratio >= 9.95 ? ratio.toFixed(0) : ratio.toFixed(ratio >= 0.0995 ? 2 : 4)
}
