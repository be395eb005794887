/** What a proof has shown, for people. */
import { plural } from '../format.ts'
import { printable, styled } from '../output.ts'
import type { ProofDescription } from '../validator/proof.ts'

/** Characters of a value that are shown. */
const VALUE_LENGTH = 2_000

export function renderProof(proof: ProofDescription): string[] {
  const { topic, machine, height, index, epoch, time, sender, signers, signedStake, totalStake } = proof
  const names = signers.map(({ validator }) => printable(validator)).join(', ')
  const lines: [name: string, value: string][] = [
    topic === undefined ? ['machine', printable(machine)] : ['topic', printable(topic)],
    ['value', shorten(printable(shownValue(proof)))],
    ['place', `height ${height}, transaction ${index}, epoch ${epoch}`],
    ['time', time],
    ['sender', printable(sender)],
    [
      'signed by',
      `${plural(signers.length, 'validator')} with ${signedStake} of ${totalStake} stake: ${names}`,
    ],
    ['chain', `${printable(proof.chain)} ${styled('dim', proof.chainId)}`],
  ]
  return [
    `${styled('green', 'valid')}: this ${topic === undefined ? 'transaction is in a final block' : 'was decided, and it is final'}`,
    '',
    ...lines.map(([name, value]) => `${styled('dim', name.padEnd(9))}  ${value}`),
  ]
}

function shownValue({ value, bytes }: ProofDescription): string {
  return bytes === undefined ? JSON.stringify(value) : `0x${bytes}`
}

function shorten(text: string): string {
  return text.length <= VALUE_LENGTH ? text : `${text.slice(0, VALUE_LENGTH - 1)}…`
}
