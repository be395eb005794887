/** Tables without lines: a head in small capitals' place, columns two spaces apart. */
import Table from 'cli-table3'
import { styled } from './output.ts'

export interface Column {
  head: string
  align?: 'left' | 'right'
}

const NO_LINES = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
}

export function renderTable(columns: readonly Column[], rows: readonly string[][]): string[] {
  const table = new Table({
    chars: NO_LINES,
    head: columns.map(({ head }) => styled('dim', head)),
    colAligns: columns.map(({ align }) => align ?? 'left'),
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  })
  table.push(...rows)
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
}
