/**
 * The bounds of what is decoded, whatever a genesis document says: they keep bytes from a stranger small in memory.
 * The limits of a chain are narrower and stand in its genesis.
 */

/** Members of a validator set; the genesis says how many of them there are. */
export const MAX_VALIDATORS = 256
export const MAX_BITMAP_BYTES = MAX_VALIDATORS / 8
/** A block in its binary form. */
export const MAX_BLOCK_BYTES = 16 * 1024 * 1024
export const MAX_TRANSACTIONS = 65_536
/** One transaction must leave room for others in the smallest blocks. */
export const MAX_PAYLOAD_BYTES = 256 * 1024
export const MAX_MACHINE_NAME_BYTES = 64
/** Pieces of evidence in one block: more wait for the next one. */
export const MAX_EVIDENCE = 16
