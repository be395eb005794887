/**
 * Turns features given as strings into a sparse vector of fixed size by hashing (Weinberger and
 * others, 2009): no vocabulary has to be kept or sent, and an unknown feature costs nothing.
 */
import type { SparseVector } from './network.ts'

/** FNV-1a over UTF-16 units with a last mix, for even low bits. */
function hashFeature(feature: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < feature.length; i++) hash = Math.imul(hash ^ feature.charCodeAt(i), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  return (hash ^ (hash >>> 13)) >>> 0
}

/**
 * Counts the features, damps the counts to 1 + ln(count) and scales the vector to length 1.
 *
 * @param features one string per occurrence
 * @param buckets size of the vector, a power of two
 */
export function hashFeatures(features: readonly string[], buckets: number): SparseVector {
  const counts = new Map<number, number>()
  for (const feature of features) {
    const bucket = hashFeature(feature) & (buckets - 1)
    counts.set(bucket, (counts.get(bucket) ?? 0) + 1)
  }
  const indices = new Uint32Array(counts.size)
  const values = new Float32Array(counts.size)
  let at = 0
  let squares = 0
  for (const [bucket, count] of counts) {
    const value = 1 + Math.log(count)
    indices[at] = bucket
    values[at++] = value
    squares += value * value
  }
  const length = Math.sqrt(squares) || 1
  for (let i = 0; i < values.length; i++) values[i]! /= length
  return { indices, values }
}
