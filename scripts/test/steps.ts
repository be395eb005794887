/** The steps of `npm test`, in their order: what is quick and tells most comes first. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { root, runCommand } from './command.ts'
import { packageTestFiles, unitTestFiles } from './files.ts'
import type { Step } from './step.ts'
import { runTests } from './tests.ts'

const FOLDERS = ['protocols', 'storage', 'runtime', 'actors', 'scripts', 'test'].filter((folder) =>
  existsSync(join(root, folder)),
)

export const steps: Step[] = [
  {
    name: 'format',
    about: 'format and lint (npm run fix mends what can be mended)',
    run: () => runCommand('biome', ['check', '--error-on-warnings', '--max-diagnostics=50', '.']),
  },
  {
    name: 'types',
    about: 'type check',
    run: () => runCommand('tsc', ['--project', 'tsconfig.json']),
  },
  {
    name: 'imports',
    about: 'who may import whom',
    run: () => runCommand('depcruise', ['--config', '.dependency-cruiser.cjs', ...FOLDERS]),
  },
  {
    name: 'unused',
    about: 'files, exports and dependencies that nothing uses',
    run: () => runCommand('knip', ['--no-progress']),
  },
  {
    name: 'unit',
    about: 'tests, with coverage',
    run: (files) =>
      files.length > 0 ? runTests(files, { coverage: false }) : runTests(unitTestFiles(), { coverage: true }),
  },
  {
    name: 'build',
    about: 'npm run build',
    run: () => runCommand('npm', ['run', '--silent', 'build']),
  },
  {
    name: 'publint',
    about: 'package.json as package managers and bundlers read it',
    run: () => runCommand('publint', ['--strict', '--pack', 'false']),
  },
  {
    name: 'package',
    about: 'the packed tarball, installed and used in a project of its own',
    run: (files) => runTests(files.length > 0 ? files : packageTestFiles(), { coverage: false }),
  },
]
