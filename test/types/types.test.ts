/**
 * The types of the public face: right calls compile, and wrong ones are refused by the compiler.
 *
 * A file in `must-not-compile` states each error above the line that has it, as `// expect TS2345`.
 * Errors and statements have to agree exactly, so a case can't fail for another reason than its own.
 */
import assert from 'node:assert/strict'
import { globSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

const root = fileURLToPath(new URL('../..', import.meta.url))
const rightFiles = globSync(join(import.meta.dirname, 'must-compile/*.ts')).sort()
const wrongFiles = globSync(join(import.meta.dirname, 'must-not-compile/*.ts')).sort()
const program = ts.createProgram([...rightFiles, ...wrongFiles], compilerOptions())

describe('must compile', () => {
  for (const file of rightFiles) {
    test(basename(file, '.ts'), () => assert.deepEqual(errorsIn(file), []))
  }
})

describe('must not compile', () => {
  for (const file of wrongFiles) {
    test(basename(file, '.ts'), () => {
      const expected = expectedIn(file)
      assert.notEqual(
        expected.length,
        0,
        'States no "// expect TS…": without one it belongs to must-compile.',
      )
      assert.deepEqual(errorsIn(file).map(withoutText), expected, describeErrors(file))
    })
  }
})

/** The project's own strictness, without rules that are about style. */
function compilerOptions(): ts.CompilerOptions {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile)
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root)
  return { ...options, noUnusedLocals: false, noUnusedParameters: false }
}

interface Found {
  line: number
  code: string
  text: string
}

function errorsIn(file: string): Found[] {
  const source = program.getSourceFile(file)
  assert.ok(source, `${file} is not part of the program.`)
  return ts
    .getPreEmitDiagnostics(program, source)
    .map(({ start = 0, code, messageText }) => ({
      line: source.getLineAndCharacterOfPosition(start).line + 1,
      code: `TS${code}`,
      text: ts.flattenDiagnosticMessageText(messageText, '\n'),
    }))
    .sort((a, b) => a.line - b.line)
}

function withoutText({ line, code }: Found): Omit<Found, 'text'> {
  return { line, code }
}

function expectedIn(file: string): Omit<Found, 'text'>[] {
  const lines = program.getSourceFile(file)?.text.split('\n') ?? []
  return lines.flatMap((text, index) => {
    const code = /^\s*\/\/ expect (TS\d+)$/.exec(text)?.[1]
    return code === undefined ? [] : [{ line: index + 2, code }]
  })
}

function describeErrors(file: string): string {
  const errors = errorsIn(file).map(({ line, code, text }) => `  ${basename(file)}:${line} ${code} ${text}`)
  return `The stated errors are not those that the compiler finds:\n${errors.join('\n') || '  none'}`
}
