/**
 * What `npm run build` runs: it writes the package's JavaScript and type declarations to dist/.
 *
 * There are no source maps: the sources are not shipped, and the JavaScript is the source without its
 * types, line for line, so a stack trace reads the same.
 */
import { spawnSync } from 'node:child_process'
import { chmodSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const dist = `${root}dist`

rmSync(dist, { recursive: true, force: true })
if (compile()) makeCommandsExecutable()
else process.exitCode = 1

function compile(): boolean {
  const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc')
  const project = fileURLToPath(new URL('tsconfig.json', import.meta.url))
  return (
    spawnSync(process.execPath, [tsc, '--project', project], { cwd: root, stdio: 'inherit' }).status === 0
  )
}

/** The compiler does not carry the executable bit over; a linked package needs it before npm sets it. */
function makeCommandsExecutable(): void {
  const { bin } = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as { bin: Record<string, string> }
  for (const file of Object.values(bin)) chmodSync(`${root}${file}`, 0o755)
}
