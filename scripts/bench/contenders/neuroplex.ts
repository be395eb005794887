import { fileURLToPath } from 'node:url'
import { writeSizes } from '../figure.ts'
import type { Contender } from './contender.ts'

const PROGRAM = fileURLToPath(new URL('../one.ts', import.meta.url))

/** What all others are compared with. */
export const neuroplex: Contender = {
  id: 'neuroplex',
  name: 'neuroplex',
  install: 'npm ci',
  version: async () => `Node ${process.versions.node}`,
  prepare: async () => {},
  command: (workload, sizes) => ({
    file: process.execPath,
    args: [...(workload.nodeOptions ?? []), PROGRAM, workload.name, ...writeSizes(sizes)],
  }),
}
