/** A project as a user of the packed package has it: outside this repository, with only npm's help. */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { cpSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

export interface Ended {
  code: number
  stdout: string
  stderr: string
}

export interface Packed {
  tarball: string
  files: string[]
}

/** Packs what is built; the build itself is a step of its own that has run before. */
export async function pack(folder: string): Promise<Packed> {
  const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder]
  const { stdout } = await succeed(run('npm', args, root))
  const [{ filename, files }] = JSON.parse(stdout) as [{ filename: string; files: { path: string }[] }]
  return { tarball: join(folder, filename), files: files.map(({ path }) => path) }
}

export class Project implements Disposable {
  readonly folder: string

  constructor() {
    this.folder = mkdtempSync(join(tmpdir(), 'neuroplex-package-'))
  }

  /** Writes the user's files and installs the tarball beside the compiler that this project uses itself. */
  async install(tarball: string): Promise<void> {
    cpSync(join(import.meta.dirname, 'user'), this.folder, { recursive: true })
    const { devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      devDependencies: Record<string, string>
    }
    const pick = (name: string) => [name, devDependencies[name]]
    writeFileSync(
      join(this.folder, 'package.json'),
      JSON.stringify({
        name: 'user',
        private: true,
        type: 'module',
        dependencies: { neuroplex: `file:${tarball}` },
        devDependencies: Object.fromEntries([pick('typescript'), pick('@types/node')]),
      }),
    )
    await succeed(this.run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline']))
  }

  /** Runs a command to its end with the path of a user's shell, where this repository's tools are not on. */
  run(command: string, args: string[]): Promise<Ended> {
    return run(command, args, this.folder)
  }

  /** Starts a command that goes on. */
  start(command: string, args: string[]): ChildProcess {
    return spawn(command, args, {
      cwd: this.folder,
      env: userEnvironment(),
      stdio: ['ignore', 'pipe', 'pipe'],
    })
  }

  /** The Node that npm put into the project. */
  get node(): string {
    return join(this.folder, 'node_modules', '.bin', 'node')
  }

  /** Leaves the project as `npm install --omit=optional` does. */
  removeNode(): void {
    for (const name of globSync('node_modules/node-{linux,bin,win}-*', { cwd: this.folder })) {
      rmSync(join(this.folder, name), { recursive: true })
    }
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/** The path without the folders that npm puts in front of it while it runs a script. */
export function userPath(): string {
  const folders = (process.env.PATH ?? '').split(delimiter)
  return folders.filter((folder) => !folder.includes('node_modules')).join(delimiter)
}

/** What npm tells the scripts of this repository must not steer npm in the user's project. */
function userEnvironment(): NodeJS.ProcessEnv {
  const foreign =
    /^(npm_(package|lifecycle|command)|npm_config_local_prefix|INIT_CWD|NODE_TEST|NODE_V8|NODE_OPTIONS)/
  const kept = Object.entries(process.env).filter(([name]) => !foreign.test(name))
  return { ...Object.fromEntries(kept), PATH: userPath() }
}

function run(command: string, args: string[], cwd: string): Promise<Ended> {
  return new Promise((resolve) => {
    const options = { cwd, env: userEnvironment(), maxBuffer: 64 * 1024 * 1024 }
    const child = execFile(command, args, options, (error, stdout, stderr) => {
      const code = error === null ? 0 : (child.exitCode ?? 1)
      resolve({ code, stdout, stderr: error !== null && child.exitCode === null ? error.message : stderr })
    })
    child.stdin?.end()
  })
}

async function succeed(ended: Promise<Ended>): Promise<Ended> {
  const { code, stdout, stderr } = await ended
  if (code !== 0) throw new Error(`Exit code ${code}:\n${stdout}\n${stderr}`)
  return { code, stdout, stderr }
}
