/** Runs the command in processes of its own, as a user does: once to its end, or as a node that goes on. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'

const BIN = resolve(import.meta.dirname, '../../../runtime/cli/bin.ts')
const NODES = join(import.meta.dirname, 'nodes')

/** Without what would change colours or stack traces from outside. */
const ENV = { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined, NEUROPLEX_DEBUG: undefined }

export interface Result {
  code: number | null
  stdout: string
  stderr: string
}

/** A folder that is gone at the end of the scope. */
export class Folder implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), 'np-cli-'));

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true })
  }
}

export function start(args: readonly string[], cwd: string): ChildProcess {
  return spawn(process.execPath, [BIN, ...args], { cwd, env: ENV, stdio: ['ignore', 'pipe', 'pipe'] })
}

/** Runs a command to its end. */
export async function neuroplex(args: readonly string[], cwd: string): Promise<Result> {
  const child = start(args, cwd)
  const [stdout, stderr] = await Promise.all([read(child.stdout), read(child.stderr), once(child, 'close')])
  return { code: child.exitCode, stdout, stderr }
}

async function read(stream: NodeJS.ReadableStream | null): Promise<string> {
  let text = ''
  for await (const chunk of stream ?? []) text += chunk
  return text
}

interface LogLine {
  event?: string
  msg: string
  [field: string]: unknown
}

/** A node started by `neuroplex run`, with what it logs. It is killed at the end of the scope. */
export class RunningNode implements AsyncDisposable {
  readonly process: ChildProcess
  readonly cwd: string
  readonly log: LogLine[] = []
  readonly ended: Promise<number | null>
  /** Lines on the standard error stream that are no log. */
  readonly words: string[] = []
  #heard: () => void = () => {}
  #closed = false

  constructor(module: string, cwd: string, ...options: string[]) {
    this.cwd = cwd
    this.process = start(['run', resolve(NODES, module), ...options], cwd)
    this.process.stdout?.resume()
    const closed = once(this.process, 'close')
    this.ended = closed.then(() => {
      this.#closed = true
      this.#heard()
      return this.process.exitCode
    })
    createInterface({ input: this.process.stderr! }).on('line', (line) => this.#hear(line))
  }

  /** Starts a node and waits until its control socket is there. */
  static async up(module: string, cwd: string, ...options: string[]): Promise<RunningNode> {
    const node = new RunningNode(module, cwd, ...options)
    await node.logged('node-up')
    return node
  }

  /** Resolves with log line number `count` of that event. */
  logged(event: string, count = 1): Promise<LogLine> {
    return this.#find(
      `the event "${event}"`,
      () => this.log.filter((line) => line.event === event)[count - 1],
    )
  }

  /** Resolves with the first log line whose message is like that. */
  saying(message: RegExp): Promise<LogLine> {
    return this.#find(String(message), () => this.log.find(({ msg }) => message.test(msg)))
  }

  async #find(what: string, look: () => LogLine | undefined): Promise<LogLine> {
    for (;;) {
      const line = look()
      if (line) return line
      if (this.#closed) throw new Error(`the node ended without ${what}: ${this.#said()}`)
      await new Promise<void>((resolve) => {
        this.#heard = resolve
      })
    }
  }

  #said(): string {
    return [...this.log.map(({ msg }) => msg), ...this.words].join('\n')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { pid } = (this.log.findLast(({ event }) => event === 'node-up') ?? {}) as { pid?: number }
    this.process.kill('SIGKILL')
    await this.ended
    if (pid !== undefined && pid !== this.process.pid) killIfThere(pid)
  }

  #hear(line: string): void {
    if (line.startsWith('{')) this.log.push(JSON.parse(line))
    else this.words.push(line)
    this.#heard()
  }
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended already.
  }
}
