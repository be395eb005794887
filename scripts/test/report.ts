/** What is told about one test file: a line when it has ended, and all that is known where it fails. */
import { relative } from 'node:path'
import type { EventData } from 'node:test'
import type { TestEvent } from 'node:test/reporters'
import { inspect } from 'node:util'
import { root } from './command.ts'

/** A parent that fails only because a test in it failed has nothing of its own to tell. */
const FOLLOWS_FROM_ANOTHER = new Set(['subtestsFailed', 'cancelledByParent'])

type Counts = EventData.TestSummary['counts']

/** A test that was cancelled, by its time limit or with its parent, has failed. */
export function failedOf(counts: Counts): number {
  return counts.tests - counts.passed - skippedOf(counts)
}

function skippedOf(counts: Counts): number {
  return counts.skipped + counts.todo
}

export class FileReport {
  readonly #name: string
  readonly #printed: string[] = []
  readonly #failures: string[] = []
  #begun = false
  #told = false
  #stuck = false

  constructor(path: string) {
    this.#name = relative(root, path)
  }

  add(event: TestEvent): void {
    if (event.type === 'test:dequeue') this.#begun = true
    if (event.type === 'test:stdout' || event.type === 'test:stderr') this.#printed.push(event.data.message)
    if (event.type === 'test:fail') this.#addFailure(event.data)
    if (event.type === 'test:summary') this.#tell(event.data)
  }

  /**
   * Tells the failures, and that a file ended without a summary: it could not be loaded, or never ends.
   * False where its turn has not come.
   */
  close(): boolean {
    if (!this.#begun) return false
    if (!this.#told)
      console.log(`  ✗ ${this.#name} ${this.#stuck ? NEVER_ENDS : 'ended before its tests did'}`)
    for (const failure of this.#failures) console.log(failure)
    const printed = this.#printed.join('').trim()
    if (this.#failures.length > 0 && printed !== '') console.log(`\n  ${this.#name} printed:\n${printed}\n`)
    return true
  }

  #addFailure({ name, details, line, todo }: EventData.TestFail): void {
    const { failureType, cause } = details.error as Error & { failureType?: string }
    if (failureType === 'testAborted') this.#stuck = true
    else if (!todo && !FOLLOWS_FROM_ANOTHER.has(String(failureType))) {
      const reason = describeError(cause ?? details.error)
      this.#failures.push(`\n    ✗ ${name} (${this.#name}:${line ?? 1})\n${reason}`)
    }
  }

  #tell({ counts, duration_ms: ms, success }: EventData.TestSummary): void {
    this.#told = true
    const figures = [`${counts.passed} passed`]
    if (failedOf(counts) > 0) figures.push(`${failedOf(counts)} failed`)
    if (skippedOf(counts) > 0) figures.push(`${skippedOf(counts)} skipped`)
    console.log(
      `  ${success ? '✓' : '✗'} ${this.#name}: ${figures.join(', ')} (${(ms / 1_000).toFixed(1)} s)`,
    )
  }
}

const NEVER_ENDS =
  'has not ended: a test in it waits, or what it left behind keeps its process alive (a timer, thread, socket or child).'

/** The frames of Node itself tell nothing about the project. */
function describeError(error: unknown): string {
  return inspect(error, { depth: 6 })
    .split('\n')
    .filter((line) => !/^\s+at .*\bnode:internal\//.test(line))
    .map((line) => `      ${line}`)
    .join('\n')
}
