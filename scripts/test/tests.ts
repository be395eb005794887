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
const TEST_TIMEOUT_MS = 120_000
/** With no event from any file for so long, something keeps a test process alive after its last test. */
const QUIET_TIMEOUT_MS = TEST_TIMEOUT_MS + 15_000

type Coverage = EventData.TestCoverage['summary']

interface Outcome {
  passed: number
  failed: number
  covered?: Coverage
  /** Files whose turn had not come when the run was ended for one that was stuck. */
  left: string[]
}

/** Runs the files and counts their tests; with `coverage` it also holds the product to its floors. */
export async function runTests(files: string[], { coverage }: { coverage: boolean }): Promise<StepResult> {
  if (files.length === 0) return { ok: true, note: 'no test files', passed: 0, failed: 0 }
  let left = files.map((file) => resolve(root, file))
  const total: Omit<Outcome, 'left'> = { passed: 0, failed: 0 }
  while (left.length > 0) {
    // What a run that had to be ended has covered says nothing, so the rest runs without.
    const outcome = await runUntilStuck(left, coverage && total.failed === 0)
    total.passed += outcome.passed
    total.failed += outcome.failed
    total.covered = outcome.covered
    left = outcome.left
  }
  return judge(total)
}

/** Runs the files one after the other, up to one that never ends. */
async function runUntilStuck(paths: string[], coverage: boolean): Promise<Outcome> {
  const reports = new Map(paths.map((path) => [path, new FileReport(path)]))
  const watchdog = new Watchdog()
  const outcome: Outcome = { passed: 0, failed: 1, left: [] }
  const options = { files: paths, cwd: root, timeout: TEST_TIMEOUT_MS, signal: watchdog.signal }
  for await (const event of run(coverage ? { ...options, ...coverageOptions } : options)) {
    watchdog.reset()
    if (event.type === 'test:coverage') outcome.covered = event.data.summary
    else if (event.type === 'test:summary' && event.data.file === undefined) {
      outcome.passed = event.data.counts.passed
      outcome.failed = failedOf(event.data.counts)
    } else if ('file' in event.data && !(event.type === 'test:dequeue' && watchdog.signal.aborted))
      reportOf(reports, event.data)?.add(event)
  }
  watchdog.stop()
  for (const [path, report] of reports) if (!report.close()) outcome.left.push(path)
  outcome.failed -= outcome.left.length
  return outcome
}

/** An event of a test that stands in a module tells the file that imported it as `entryFile`. */
function reportOf(
  reports: Map<string, FileReport>,
  { file, entryFile }: { file?: string; entryFile?: string },
) {
  const path = entryFile ?? file
  return path === undefined ? undefined : reports.get(resolve(root, path))
}

function judge({ passed, failed, covered }: Omit<Outcome, 'left'>): StepResult {
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
