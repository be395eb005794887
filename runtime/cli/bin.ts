#!/usr/bin/env node
/**
 * The command `neuroplex`. It imports nothing statically and uses no recent syntax, so that an old Node
 * gets as far as the sentence that says which Node is needed.
 */
import('../node-version.ts').then(start, refuse)

function start(): Promise<void> {
  return import('./main.ts').then((cli) => cli.main(process.argv))
}

function refuse(error: Error): void {
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 1
}
