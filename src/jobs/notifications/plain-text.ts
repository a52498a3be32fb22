/** What no reader sees, but what moves or hides what they see: marks of direction, and joiners of nothing. */
const UNSEEN = /[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/gu

/**
 * One line: names of tables come from a database and may hold anything that a header, a page or a terminal takes for its
 * own. Control characters and line ends become spaces, marks that reorder text go, halves of characters are replaced.
 */
export function plainLine(text: string, most: number): string {
  const line = text
    .toWellFormed()
    .replace(UNSEEN, '')
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
  return shortened(line.trim(), most)
}

/** As `plainLine`, with the line ends kept as `\n`. */
export function plainLines(text: string, most: number): string {
  const lines = text.split(/\r\n|[\n\r\u2028\u2029]/u).map((line) => plainLine(line, most))
  return shortened(lines.join('\n').trim(), most)
}

/** At most so many UTF-16 units, which is what the limits of Discord and a state file's size are counted in. */
export function shortened(text: string, most: number): string {
  if (text.length <= most) return text
  // A character may be two units: half of one is none.
  return `${text.slice(0, most - 1).replace(/[\ud800-\udbff]$/u, '')}…`
}
