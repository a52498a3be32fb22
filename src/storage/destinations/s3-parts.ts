const MIB = 1024 * 1024

/** S3's own limit. */
export const MOST_PARTS = 10_000

/**
 * Up to which part (from 1) parts have which size. A part is held in memory until the server has it, since only then need
 * it not be sent again; and its size must be known when its sending begins. So small parts come first, and grow with the
 * file: 64 MiB of memory do for 133 GiB, and only a file of more than a terabyte needs parts of 2,000 MiB.
 * All parts together hold 5.2 TB.
 */
const SIZES: readonly (readonly [upTo: number, bytes: number])[] = [
  [1_000, 8 * MIB],
  [5_000, 32 * MIB],
  [6_000, 128 * MIB],
  [7_000, 256 * MIB],
  [8_000, 512 * MIB],
  [MOST_PARTS, 2_000 * MIB],
]

/** What may be on its way while the next part fills. */
const IN_FLIGHT = 16 * MIB

/** Bytes of a part, by its number from 1. Throws a RangeError past the last. */
export function partSize(number: number): number {
  const size = SIZES.find(([upTo]) => number <= upTo)?.[1]
  if (size === undefined) throw new RangeError(`there is no part ${number}`)
  return size
}

/** How many parts of a size may be on their way at once. */
export function partsInFlight(size: number): number {
  return Math.max(1, Math.floor(IN_FLIGHT / size))
}
