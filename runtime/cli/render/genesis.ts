/** The validators of a genesis document as a table, and what they can bear. */
import { printable, styled } from '../output.ts'
import { renderTable } from '../table.ts'
import type { GenesisSummary } from '../validator/genesis-file.ts'

export function renderGenesis(summary: GenesisSummary): string[] {
  const { chain, chainId, validators, totalStake, toleratedStake } = summary
  const rows = validators.map(({ id, stake, public_key }) => [printable(id), String(stake), public_key])
  const columns = [{ head: 'VALIDATOR' }, { head: 'STAKE', align: 'right' as const }, { head: 'PUBLIC KEY' }]
  return [
    `${styled('bold', 'chain')}  ${printable(chain)}`,
    `${styled('bold', 'id')}     ${chainId}`,
    '',
    ...renderTable(columns, rows),
    '',
    `up to ${toleratedStake} of ${totalStake} stake may be faulty`,
  ]
}
