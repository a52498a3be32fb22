/** A set of code points: ranges (both ends belong to them) in ascending order that neither overlap nor touch. */
export type CharSet = readonly CharRange[]

export type CharRange = readonly [from: number, to: number]

export const LAST_CODE_POINT = 0x10ffff
export const ANY_CHARACTER: CharSet = [[0, LAST_CODE_POINT]]
export const NO_CHARACTER: CharSet = []

export function singleCharacter(codePoint: number): CharSet {
  return [[codePoint, codePoint]]
}

export function charactersOf(text: string): CharSet {
  return charSet([...text].map((char) => [char.codePointAt(0)!, char.codePointAt(0)!] as const))
}

/** Ranges in any order, which may overlap, as a set. */
export function charSet(ranges: readonly CharRange[]): CharSet {
  const merged: [number, number][] = []
  for (const [from, to] of ranges.toSorted((a, b) => a[0] - b[0])) {
    const last = merged.at(-1)
    if (last && from <= last[1] + 1) last[1] = Math.max(last[1], to)
    else merged.push([from, to])
  }
  return merged
}

export function union(...sets: readonly CharSet[]): CharSet {
  return charSet(sets.flat())
}

export function complement(set: CharSet): CharSet {
  const gaps: CharRange[] = []
  let next = 0
  for (const [from, to] of set) {
    if (from > next) gaps.push([next, from - 1])
    next = to + 1
  }
  if (next <= LAST_CODE_POINT) gaps.push([next, LAST_CODE_POINT])
  return gaps
}

export function intersects(left: CharSet, right: CharSet): boolean {
  let [i, j] = [0, 0]
  for (;;) {
    const [a, b] = [left[i], right[j]]
    if (!a || !b) return false
    if (a[1] < b[0]) i++
    else if (b[1] < a[0]) j++
    else return true
  }
}

/** Whether every character of `inner` is one of `outer`. */
export function covers(outer: CharSet, inner: CharSet): boolean {
  return !intersects(complement(outer), inner)
}

export function isAny(set: CharSet): boolean {
  return set.length === 1 && set[0]?.[0] === 0 && set[0][1] === LAST_CODE_POINT
}
