/** Disks write whole sectors: what is written in whole ones never touches one that holds something acknowledged. */

export const SECTOR = 512
const ZEROS = Buffer.alloc(SECTOR)

export function wholeSectors(bytes: number): number {
  return Math.ceil(bytes / SECTOR) * SECTOR
}

/** A sector that never reached the disk reads as zeros. */
export function zeroSectors(bytes: Buffer): number {
  let count = 0
  for (let at = 0; at < bytes.length; at += SECTOR) if (isZero(bytes.subarray(at, at + SECTOR))) count++
  return count
}

export function isZero(sector: Buffer): boolean {
  return sector.equals(ZEROS)
}
