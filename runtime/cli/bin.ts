#!/usr/bin/env node
/**
 * The command `neuroplex`. It imports nothing statically and uses no recent syntax, so that an old Node
 * gets as far as the sentence that says which Node is needed.
 */
import('../node-version.ts').then(start, refuse)

function start(): Promise<void> {
  return import('./main.ts').then((cli) => cli.main(process.argv))
}

/** A Node that npm brought along takes over where the machine's own is too old. */
function refuse(error: Error): Promise<void> {
  return import('./bundled-node.ts').then((bundled) => {
    const node = bundled.bundledNode()
    if (node !== undefined) return bundled.runUnder(node)
    process.stderr.write(`${error.message}\n`)
    process.exitCode = 1
  })
}
