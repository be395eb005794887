import { fileURLToPath } from 'node:url'
import { writeSizes } from '../figure.ts'
import type { Contender } from './contender.ts'

const PROGRAM = fileURLToPath(new URL('../peers/node/main.ts', import.meta.url))

/** Node's worker threads without anything above them. */
export const node: Contender = {
  id: 'node',
  name: 'bare worker threads',
  install: 'npm ci',
  version: async () => `Node ${process.versions.node}`,
  prepare: async () => {},
  command: (workload, sizes) => ({
    file: process.execPath,
    args: [PROGRAM, workload.name, ...writeSizes(sizes)],
  }),
}
