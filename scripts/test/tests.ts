/**
 * Runs test files with Node's runner, a process each, and tells a line per file as it ends.
 *
 * What a file prints is shown only where one of its tests fails, so that the failures of a run stand
 * out and not its noise.
 */
import { resolve } from 'node:path'
import { type EventData, run } from 'node:test'
import { root } from './command.ts'
import { coverageFails, coverageNote, coverageOptions, describeMissing } from './coverage.ts'
import { FileReport, failedOf } from './report.ts'
import type { StepResult } from './step.ts'

/** A test that takes longer is stuck. A single test may set less. */
const TEST_TIMEOUT_MS = 180_000
/** With no event from any file for so long, something keeps a test process alive after its last test. */
const QUIET_TIMEOUT_MS = TEST_TIMEOUT_MS + 30_000

type Counts = EventData.TestSummary['counts']
type Coverage = EventData.TestCoverage['summary']

/** Runs the files and counts their tests; with `coverage` it also holds the product to its floors. */
export async function runTests(files: string[], { coverage }: { coverage: boolean }): Promise<StepResult> {
  if (files.length === 0) return { ok: true, note: 'no test files', passed: 0, failed: 0 }
  const paths = files.map((file) => resolve(root, file))
  const reports = new Map(paths.map((path) => [path, new FileReport(path)]))
  const watchdog = new Watchdog()
  let counts: Counts | undefined
  let covered: Coverage | undefined

  const options = { files: paths, cwd: root, timeout: TEST_TIMEOUT_MS, signal: watchdog.signal }
  for await (const event of run(coverage ? { ...options, ...coverageOptions } : options)) {
    watchdog.reset()
    if (event.type === 'test:coverage') covered = event.data.summary
    else if (event.type === 'test:summary' && event.data.file === undefined) counts = event.data.counts
    else if ('file' in event.data) reportOf(reports, event.data)?.add(event)
  }
  watchdog.stop()
  for (const report of reports.values()) report.close()
  return judge(counts, covered)
}

/** An event of a test that stands in a module tells the file that imported it as `entryFile`. */
function reportOf(
  reports: Map<string, FileReport>,
  { file, entryFile }: { file?: string; entryFile?: string },
) {
  const path = entryFile ?? file
  return path === undefined ? undefined : reports.get(resolve(root, path))
}

function judge(counts: Counts | undefined, covered: Coverage | undefined): StepResult {
  const passed = counts?.passed ?? 0
  const failed = counts ? failedOf(counts) : 1
  const result = { passed, failed, note: `${passed} passed, ${failed} failed` }
  if (failed > 0 || covered === undefined) return { ...result, ok: failed === 0 }
  const note = `${result.note}; ${coverageNote(covered)}`
  if (!coverageFails(covered)) return { ...result, ok: true, note }
  const { lineCoverage, branchCoverage, functionCoverage } = coverageOptions
  const floors = `${lineCoverage} % of lines, ${branchCoverage} % of branches and ${functionCoverage} % of functions`
  const output = `The tests have to run ${floors}. Most is missing in:\n${describeMissing(covered)}`
  return { ...result, ok: false, note, output }
}

/** Ends a run in which nothing happens any more; the runner itself would wait for ever. */
class Watchdog {
  readonly #abort = new AbortController()
  #timer: NodeJS.Timeout | undefined

  constructor() {
    this.reset()
  }

  get signal(): AbortSignal {
    return this.#abort.signal
  }

  reset(): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#abort.abort(), QUIET_TIMEOUT_MS)
  }

  stop(): void {
    clearTimeout(this.#timer)
  }
}
