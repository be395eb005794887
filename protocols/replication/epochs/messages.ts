/**
 * What two replicas that are in different epochs of a document say to each other.
 *
 *   A, in 1  ◄────── any message of epoch 0 ─────  B, in 0
 *   A  epochs: 0, 1 ────────────────────────────►  B   has to follow
 *   A  ◄─────────── wanted of 0, and what I have   B
 *   A  history of 0 ────────────────────────────►  B   makes 1 by itself, and brings its changes over
 *
 * Whoever begins an epoch tells so as well, and the others tell it when they are there (see Sightings).
 *
 * All of it may be lost: whoever is in another epoch is heard of again with every comparison of heads, and what is
 * wanted is asked for again after a while.
 */
import type { ReplicationLimits } from '../limits.ts'
import { REPLICATION_VERSION } from '../messages.ts'
import type { Lineage } from './lineage.ts'
import type { Sighting } from './sightings.ts'

interface EpochHeader {
  readonly version: number
  readonly document: string
}

export interface EpochsBody {
  readonly kind: 'epochs'
  /** The sender; among those that share a document the lowest begins new epochs. */
  readonly node: string
  readonly lineage: Lineage
  /** Where the sender is, and where others were. */
  readonly nodes: readonly Sighting[]
}

export type EpochBody =
  | EpochsBody
  /** Of each actor the number of its last change that the sender has in an epoch. */
  | {
      readonly kind: 'wanted'
      readonly epoch: string
      readonly clock: readonly (readonly [string, number])[]
    }
  | { readonly kind: 'history'; readonly epoch: string; readonly changes: readonly Uint8Array[] }

export type EpochMessage = EpochHeader & EpochBody

const HASH = /^[0-9a-f]{64}$/
const ACTOR = /^(?:[0-9a-f]{2}){1,64}$/
const NODE = /^[0-9a-f]{32}$/
/** An epoch number in the genesis has nine digits at most. */
const MAX_NUMBER = 999_999_999

export function isEpochMessage(value: unknown, limits: ReplicationLimits): value is EpochMessage {
  if (!isRecord(value) || value.version !== REPLICATION_VERSION || typeof value.document !== 'string')
    return false
  switch (value.kind) {
    case 'epochs':
      return (
        matches(value.node, NODE) &&
        isLineage(value.lineage, limits) &&
        areSightings(value.nodes, limits) &&
        value.nodes.some(({ node }) => node === value.node)
      )
    case 'wanted':
      return matches(value.epoch, HASH) && isClock(value.clock, limits)
    case 'history':
      return matches(value.epoch, HASH) && isBatch(value.changes, limits)
    default:
      return false
  }
}

/** Each epoch comes right after the one before it. */
function isLineage(value: unknown, { epochs, listedHashes }: ReplicationLimits): value is Lineage {
  if (!Array.isArray(value) || value.length === 0 || value.length > epochs) return false
  return value.every((epoch: unknown, index) => {
    if (!isRecord(epoch) || !matches(epoch.hash, HASH) || !isCount(epoch.number)) return false
    if (index > 0 && epoch.number !== value[index - 1].number + 1) return false
    const { heads, number } = epoch
    if (!Array.isArray(heads) || heads.length > listedHashes || number > MAX_NUMBER) return false
    return heads.every((hash) => matches(hash, HASH)) && (index === 0 || heads.length > 0)
  })
}

/** One more than are remembered, which is of the sender itself. */
function areSightings(value: unknown, { nodes }: ReplicationLimits): value is Sighting[] {
  return Array.isArray(value) && value.length <= nodes + 1 && value.every(isSighting)
}

function isSighting(value: unknown): value is Sighting {
  return (
    isRecord(value) &&
    matches(value.node, NODE) &&
    matches(value.hash, HASH) &&
    isCount(value.number) &&
    isCount(value.atMs) &&
    typeof value.lasting === 'boolean'
  )
}

function isClock(value: unknown, { clockActors }: ReplicationLimits): boolean {
  return (
    Array.isArray(value) &&
    value.length <= clockActors &&
    value.every((entry) => Array.isArray(entry) && matches(entry[0], ACTOR) && isCount(entry[1]))
  )
}

function isBatch(value: unknown, { batchChanges, messageBytes }: ReplicationLimits): boolean {
  if (!Array.isArray(value) || value.length > batchChanges) return false
  let bytes = 0
  for (const change of value) {
    if (!(change instanceof Uint8Array)) return false
    bytes += change.byteLength
  }
  return bytes <= messageBytes
}

function matches(value: unknown, pattern: RegExp): value is string {
  return typeof value === 'string' && pattern.test(value)
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
