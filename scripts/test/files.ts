/** Which test files there are, and which step they belong to. */
import { globSync } from 'node:fs'
import { sep } from 'node:path'
import { root } from './command.ts'

/** These need the built package, so they run after the build and are not counted for coverage. */
const PACKAGE_TESTS = 'test/package/'

export function unitTestFiles(): string[] {
  return testFiles().filter((file) => !file.startsWith(PACKAGE_TESTS))
}

export function packageTestFiles(): string[] {
  return testFiles().filter((file) => file.startsWith(PACKAGE_TESTS))
}

function testFiles(): string[] {
  return globSync('test/**/*.test.ts', { cwd: root })
    .map((file) => file.replaceAll(sep, '/'))
    .sort()
}
