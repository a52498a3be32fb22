import { type CharRange, type CharSet, charSet, complement, union } from './char-set.ts'
import { alphabetOf, type Escape, readBracketEscape } from './escapes.ts'
import type { Flags } from './flags.ts'
import type { PatternReader } from './pattern-reader.ts'

/** Reads a bracket expression whose `[` has been taken. */
export function readBrackets(reader: PatternReader, flags: Flags): CharSet {
  const opening = reader.at - 1
  const negated = reader.skip('^')
  const ranges: CharRange[] = []
  const classes: CharSet[] = []
  const add = (member: Escape) =>
    'set' in member ? classes.push(member.set) : ranges.push([member.codePoint, member.codePoint])
  const takeUnit = () => {
    const unit = reader.take()
    return unit ?? reader.refuse('unterminated character set', reader.at - opening)
  }
  for (let first = true; ; first = false) {
    const unit = takeUnit()
    if (unit === ']' && !first) break
    const from = readMember(reader, unit, flags)
    if (!reader.skip('-')) {
      add(from)
      continue
    }
    const upper = takeUnit()
    if (upper === ']') {
      add(from)
      add({ codePoint: 0x2d })
      break
    }
    const to = readMember(reader, upper, flags)
    if ('set' in from || 'set' in to || to.codePoint < from.codePoint) {
      return reader.refuse(`bad character range ${unit}-${upper}`, unit.length + 1 + upper.length)
    }
    ranges.push([from.codePoint, to.codePoint])
  }
  const listed = charSet(ranges)
  const members = union(flags.ignoreCase ? alphabetOf(flags).fold(listed) : listed, ...classes)
  return negated ? complement(members) : members
}

function readMember(reader: PatternReader, unit: string, flags: Flags): Escape {
  return unit.startsWith('\\')
    ? readBracketEscape(reader, unit, alphabetOf(flags))
    : { codePoint: unit.codePointAt(0)! }
}
