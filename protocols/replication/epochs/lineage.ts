/**
 * The epochs of a document, each of which begins with a version of the one before, and to which of them replicas
 * of different ones come together.
 *
 *   0 ──► 1a ──► 2a          the greater of the two last ones wins, here 2a, by its number and then by its hash;
 *   └───► 1b                 who is in 1b goes back to 0, and from there over 1a to 2a
 *
 * An epoch is a function of the one before and of the version, so whoever has these makes it by itself and need
 * not believe what it is told of it.
 */
export interface Epoch {
  /** 0 is the first. */
  readonly number: number
  /** The hash of its first change. */
  readonly hash: string
  /** The version of the epoch before that it begins with; empty for the first. */
  readonly heads: readonly string[]
}

/** The oldest that is remembered first; the last is the one that a replica is in. */
export type Lineage = readonly Epoch[]

export interface Route {
  /** The newest epoch that is in both. */
  readonly common: Epoch
  /** The own epochs after it, oldest first, whose changes are to be brought over. */
  readonly back: readonly Epoch[]
  /** Those that lead to the other's last one. */
  readonly forth: readonly Epoch[]
}

export type Decision =
  | { readonly kind: 'same' }
  /** The other one has to come here. */
  | { readonly kind: 'ahead' }
  /** They have nothing in common that both remember. */
  | { readonly kind: 'apart' }
  | { readonly kind: 'follow'; readonly route: Route }

/** Positive where one comes after the other, or wins against it. */
export function compareEpochs(one: Epoch, other: Epoch): number {
  if (one.number !== other.number) return one.number - other.number
  return one.hash < other.hash ? -1 : one.hash > other.hash ? 1 : 0
}

export function decide(own: Lineage, theirs: Lineage): Decision {
  const order = compareEpochs(own.at(-1) as Epoch, theirs.at(-1) as Epoch)
  if (order === 0) return { kind: 'same' }
  const known = new Set(theirs.map(({ hash }) => hash))
  const common = own.findLast(({ hash }) => known.has(hash))
  if (common === undefined) return { kind: 'apart' }
  if (order > 0) return { kind: 'ahead' }
  const after = (lineage: Lineage) => lineage.slice(lineage.findIndex(({ hash }) => hash === common.hash) + 1)
  return { kind: 'follow', route: { common, back: after(own), forth: after(theirs) } }
}

/** The lineage after going such a way. */
export function follow(own: Lineage, { common, forth }: Route, remembered: number): Lineage {
  return trimmed([...own.filter(({ number }) => number <= common.number), ...forth], remembered)
}

/** So many epochs before the last one are remembered. */
export function trimmed(lineage: Lineage, remembered: number): Lineage {
  return lineage.slice(-remembered - 1)
}
