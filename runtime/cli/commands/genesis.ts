/** `neuroplex genesis`: makes and checks the document that the validators of a chain agree on before its first block. */
import { styleText } from 'node:util'
import type { Command } from 'commander'
import { createGenesis } from '../../../protocols/consensus/genesis.ts'
import { print, printDocument } from '../output.ts'
import { type CommonOptions, newCommand, newGroup } from '../program.ts'
import { renderGenesis } from '../render/genesis.ts'
import {
  type GenesisSummary,
  readGenesis,
  readMember,
  summaryOf,
  writeGenesis,
} from '../validator/genesis-file.ts'

interface NewOptions extends CommonOptions {
  chain: string
  out: string
}

export function genesis(): Command {
  return newGroup('genesis', 'make and check the genesis document of a chain', [makeNew(), check()])
}

function makeNew(): Command {
  return newCommand('new', 'write a genesis document', [
    'neuroplex genesis new --chain desk v1=v1.key v2=v2.key v3=v3.key v4=v4.key:200',
  ])
    .argument('<validators...>', 'each <id>=<key file or public key>[:stake]; the stake is 100 by default')
    .requiredOption('--chain <name>', 'what the chain is called')
    .option('--out <file>', 'where to write it; no file is overwritten', 'genesis.json')
    .action(writeNew)
}

function check(): Command {
  return newCommand('check', 'check a genesis document and show who validates', [
    'neuroplex genesis check genesis.json',
  ])
    .argument('<file>', 'the genesis document')
    .action((path: string, options: CommonOptions) => report(summaryOf(readGenesis(path)), {}, options))
}

async function writeNew(members: readonly string[], { chain, out, ...options }: NewOptions): Promise<void> {
  const validators = await Promise.all(members.map(readMember))
  const document = createGenesis({ chain, genesis_time: Date.now(), validators })
  writeGenesis(out, document)
  await report(summaryOf(document), { file: out }, options)
}

async function report(
  summary: GenesisSummary,
  where: { readonly file?: string },
  options: CommonOptions,
): Promise<void> {
  const { warning } = summary
  if (options.json) return printDocument({ ...where, ...summary })
  if (where.file !== undefined) await print(`wrote ${where.file}\n`)
  for (const line of renderGenesis(summary)) await print(line)
  if (warning === undefined) return
  process.stderr.write(`${styleText('yellow', 'warning:', { stream: process.stderr })} ${warning}\n`)
}
