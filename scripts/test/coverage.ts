/**
 * How much of the product its tests have to run, and what is said where they run less.
 *
 * The counts come from V8 and include worker threads, also those that were terminated, and child
 * processes that ended by themselves. A process that was killed leaves no counts.
 */

import { relative } from 'node:path'
import type { EventData } from 'node:test'
import { root } from './command.ts'

type CoverageSummary = EventData.TestCoverage['summary']

/** Files that no test loads count as not covered, so that a forgotten folder is seen. */
export const coverageOptions = {
  coverage: true,
  coverageIncludeGlobs: ['protocols/**/*.ts', 'storage/**/*.ts', 'runtime/**/*.ts', 'actors/**/*.ts'],
  coverageIncludeAll: true,
  /** Percent. Lines carry the promise; the others keep a test from running a line without its cases. */
  lineCoverage: 90,
  functionCoverage: 85,
  branchCoverage: 85,
}

/** How many of the files with the most lines that no test ran are named. */
const WORST_FILES = 15

export function coverageNote({ totals }: CoverageSummary): string {
  const {
    coveredLinePercent: lines,
    coveredBranchPercent: branches,
    coveredFunctionPercent: functions,
  } = totals
  return `covered: ${lines.toFixed(1)} % of lines, ${branches.toFixed(1)} % of branches, ${functions.toFixed(1)} % of functions`
}

export function coverageFails({ totals }: CoverageSummary): boolean {
  return (
    totals.coveredLinePercent < coverageOptions.lineCoverage ||
    totals.coveredBranchPercent < coverageOptions.branchCoverage ||
    totals.coveredFunctionPercent < coverageOptions.functionCoverage
  )
}

/** Names the files with the most lines that no test ran, and those lines. */
export function describeMissing({ files }: CoverageSummary): string {
  return files
    .map((file) => ({ path: relative(root, file.path), missing: uncoveredLines(file) }))
    .filter(({ missing }) => missing.length > 0)
    .sort((a, b) => b.missing.length - a.missing.length)
    .slice(0, WORST_FILES)
    .map(({ path, missing }) => `  ${path}: ${missing.length} lines (${ranges(missing)})`)
    .join('\n')
}

function uncoveredLines(file: CoverageSummary['files'][number]): number[] {
  return file.lines.filter(({ count }) => count === 0).map(({ line }) => line)
}

/** Turns 1, 2, 3, 7 into `1-3, 7`. */
function ranges(lines: number[]): string {
  const groups: [first: number, last: number][] = []
  for (const line of lines) {
    const group = groups.at(-1)
    if (group && line === group[1] + 1) group[1] = line
    else groups.push([line, line])
  }
  return groups.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(', ')
}
