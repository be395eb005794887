/** With what an epoch begins, as bytes, for the file that holds its snapshot. */
import type { EpochSeed, Tip } from '../epoch.ts'
import type { Parameters } from '../genesis.ts'
import type { ValidatorSet } from '../types.ts'
import type { ByteReader, ByteWriter } from './bytes.ts'
import { MAX_VALIDATORS } from './limits.ts'
import { readValidator, writeValidator } from './proof.ts'

/** A genesis allows a pipeline of 64 blocks: headers show no older states. */
const MAX_ROOTS = 128

export function writeSeed(writer: ByteWriter, { set, parameters, tip, roots }: EpochSeed): void {
  const { batch_cap, batch_wait, view_timeout, pipeline_depth } = parameters
  writer.varint(set.epoch).list(set.members, writeValidator).hash(set.hash)
  writer.varint(batch_cap).varint(batch_wait).varint(view_timeout).varint(pipeline_depth)
  writer.varint(tip.height).hash(tip.hash).varint(tip.timestampMs).varint(tip.stateHeight)
  writer.list(roots, (out, { height, root }) => out.varint(height).hash(root))
}

export function readSeed(reader: ByteReader): EpochSeed {
  return {
    set: readSet(reader),
    parameters: readParameters(reader),
    tip: readTip(reader),
    roots: reader.list(MAX_ROOTS, (from) => ({ height: from.varint(), root: from.hash() })),
  }
}

function readSet(reader: ByteReader): ValidatorSet {
  const epoch = reader.varint()
  const members = reader.list(MAX_VALIDATORS, readValidator)
  const totalStake = members.reduce((sum, { stake }) => sum + stake, 0)
  return { epoch, members, totalStake, hash: reader.hash() }
}

function readParameters(reader: ByteReader): Parameters {
  return {
    batch_cap: reader.varint(),
    batch_wait: reader.varint(),
    view_timeout: reader.varint(),
    pipeline_depth: reader.varint(),
  }
}

function readTip(reader: ByteReader): Tip {
  return {
    height: reader.varint(),
    hash: reader.hash(),
    timestampMs: reader.varint(),
    stateHeight: reader.varint(),
  }
}
