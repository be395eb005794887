/**
 * The roots of the tree: `/user`, under which a program's actors stand, and `/system` for services.
 */
import { Actor } from '../actor/actor.ts'
import type { Cell } from '../actor/cell.ts'
import type { Host } from '../threads/host.ts'
import { Family } from './family.ts'
import { NOBODY } from './parent.ts'
import { planOfWire } from './plan.ts'
import { GUARDIAN_POLICY } from './policies.ts'

export const GUARDIAN = 'guardian'

export class Guardian extends Actor<Guardian> {}

export function startGuardian(host: Host, name: string): Cell {
  const plan = planOfWire(host, { type: GUARDIAN, args: [], options: {} })
  const cell = host.create(plan, NOBODY, name, undefined)
  cell.extras.family = new Family(cell, GUARDIAN_POLICY)
  void cell.begin()
  return cell
}
