import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { run, runIfThere } from '../execute.ts'
import { writeSizes } from '../figure.ts'
import { CACHE } from './build.ts'
import type { Contender } from './contender.ts'

const PROGRAM = fileURLToPath(new URL('../peers/cometbft/main.ts', import.meta.url))
const OUTPUT = join(CACHE, 'bench', 'cometbft')
const BINARY = join(OUTPUT, 'bin', 'cometbft')
const RELEASE = '0.38.19'
const MODULE = `github.com/cometbft/cometbft/cmd/cometbft@v${RELEASE}`
const BUILD_MS = 1_200_000

/** CometBFT with its key-value application, each validator a process. */
export const cometbft: Contender = {
  id: 'cometbft',
  name: 'CometBFT',
  install:
    'Go 1.23 or newer from https://go.dev/dl; the first run builds CometBFT, which takes the network and some minutes',
  version,
  prepare: async () => {},
  command: (workload, sizes) => ({
    file: process.execPath,
    args: [PROGRAM, BINARY, workload.name, ...writeSizes(sizes)],
  }),
}

/** Built here, because where that can't be done it takes no part, as if it were not installed. */
async function version(): Promise<string | undefined> {
  if ((await builtVersion()) !== RELEASE) await build().catch(() => undefined)
  return (await builtVersion()) === RELEASE ? RELEASE : undefined
}

async function builtVersion(): Promise<string | undefined> {
  return (await runIfThere(BINARY, ['version']))?.trim()
}

async function build(): Promise<void> {
  await mkdir(OUTPUT, { recursive: true })
  const settings = [`GOPATH=${join(OUTPUT, 'go')}`, `GOBIN=${join(OUTPUT, 'bin')}`, 'GOFLAGS=-modcacherw']
  await run('env', [...settings, 'go', 'install', MODULE], { timeoutMs: BUILD_MS })
}
