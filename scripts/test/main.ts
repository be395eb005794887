/**
 * What `npm test` runs: one step after the other, up to the first that fails.
 *
 *   npm test                                  everything, as continuous integration does
 *   npm test -- --only format,types           some steps
 *   npm test -- --only unit test/x.test.ts    some test files, without coverage
 *
 * The last line is `N passed, N failed`, also where a step failed.
 */
import { parseArgs } from 'node:util'
import type { Step } from './step.ts'
import { steps } from './steps.ts'

const { values, positionals: files } = parseArgs({
  options: { only: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
  allowPositionals: true,
})

if (values.help) {
  console.log('npm test -- [--only <step>[,<step>]] [test files]\n\nSteps, in their order:')
  for (const { name, about } of steps) console.log(`  ${name.padEnd(9)} ${about}`)
} else {
  process.exitCode = (await runSteps(selectSteps(values.only), files)) ? 0 : 1
}

function selectSteps(only: string | undefined): Step[] {
  const names = only?.split(',') ?? steps.map((step) => step.name)
  const unknown = names.find((name) => steps.every((step) => step.name !== name))
  if (unknown !== undefined) {
    console.error(`There is no step "${unknown}". Choose from: ${steps.map((step) => step.name).join(', ')}.`)
    process.exit(2)
  }
  return steps.filter((step) => names.includes(step.name))
}

async function runSteps(selected: Step[], files: string[]): Promise<boolean> {
  const started = performance.now()
  let passed = 0
  let failed = 0
  for (const step of selected) {
    const stepStarted = performance.now()
    console.log(`▸ ${step.name}: ${step.about}`)
    const result = await step.run(files)
    passed += result.passed ?? 0
    // A step without tests, or one whose tests pass but miss a floor, counts as one failure.
    failed += result.failed || (result.ok ? 0 : 1)
    if (!result.ok && result.output) console.log(result.output)
    const note = result.note ? `; ${result.note}` : ''
    console.log(
      `${result.ok ? '✓' : '✗'} ${step.name} ${result.ok ? 'passed' : 'FAILED'} in ${seconds(stepStarted)}${note}\n`,
    )
    if (!result.ok) {
      console.log(
        `Stopped at "${step.name}" after ${seconds(started)}. Run it alone: npm test -- --only ${step.name}`,
      )
      break
    }
  }
  console.log(`${passed} passed, ${failed} failed`)
  return failed === 0
}

function seconds(since: number): string {
  return `${((performance.now() - since) / 1_000).toFixed(1)} s`
}
