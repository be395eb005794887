/** `neuroplex verify`: judges the proof of a decision with nothing but the genesis document. */
import { readFileSync, statSync } from 'node:fs'
import type { Command } from 'commander'
import { crypto } from '../../../actors/validator/crypto.ts'
import { MAX_PROOF_FILE_BYTES } from '../../../protocols/consensus/codec/proof-file.ts'
import { InvalidProofError } from '../../../protocols/consensus/errors.ts'
import { verifyProof } from '../../../protocols/consensus/proof.ts'
import { UsageError } from '../errors.ts'
import { print, printDocument } from '../output.ts'
import { type CommonOptions, newCommand } from '../program.ts'
import { renderProof } from '../render/proof.ts'
import { readGenesis } from '../validator/genesis-file.ts'
import { describeProof } from '../validator/proof.ts'

interface VerifyOptions extends CommonOptions {
  genesis: string
}

export function verify(): Command {
  return newCommand('verify', 'judge the proof of a decision, with nothing but the genesis document', [
    'neuroplex verify decision.proof --genesis genesis.json',
  ])
    .argument('<proof>', 'a file with what `decisions(system).prove(decision)` gave')
    .requiredOption('--genesis <file>', 'the genesis document of the chain, from somebody you trust')
    .action(judge)
}

async function judge(path: string, options: VerifyOptions): Promise<void> {
  const genesis = readGenesis(options.genesis)
  const proven = describeProof(genesis, verifyProof(genesis, readProof(path), crypto))
  if (options.json) return printDocument({ valid: true, ...proven })
  for (const line of renderProof(proven)) await print(line)
}

function readProof(path: string): Uint8Array {
  try {
    if (statSync(path).size > MAX_PROOF_FILE_BYTES)
      throw new InvalidProofError(`the file has more than ${MAX_PROOF_FILE_BYTES} bytes`)
    return readFileSync(path)
  } catch (cause) {
    if (cause instanceof InvalidProofError) throw cause
    throw new UsageError(`the proof can't be read: ${(cause as Error).message}`, cause)
  }
}
