/** Columns of a table narrower than this say nothing. */
const LEAST_WIDTH = 6
const GAP = '  '

/**
 * A table in lines that fit a width in columns of a terminal: the widest columns give way, and what is cut ends in `…`.
 * Control characters of values are shown as blanks, or they would rule the terminal.
 */
export function table(head: readonly string[], rows: readonly (readonly string[])[], width: number): string {
  const cells = [head, ...rows].map((row) => head.map((_, at) => oneLine(row[at] ?? '')))
  const widths = fitWidths(
    head.map((_, at) => Math.max(...cells.map((row) => Bun.stringWidth(row[at] ?? '')))),
    width - GAP.length * (head.length - 1),
  )
  const line = (row: readonly string[]) =>
    row
      .map((cell, at) => fit(cell, widths[at] ?? 0))
      .join(GAP)
      .trimEnd()
  const [first = [], ...rest] = cells
  return [line(first), widths.map((size) => '─'.repeat(size)).join(GAP), ...rest.map(line)].join('\n')
}

/** The width of the terminal, or one that is wide enough for a file. */
export function screenWidth(): number {
  return process.stdout.columns ?? 200
}

/** Cut and filled to a width in columns of a terminal; wide characters take two. */
export function fit(text: string, width: number): string {
  if (Bun.stringWidth(text) <= width) return text + ' '.repeat(width - Bun.stringWidth(text))
  let shown = ''
  let used = 0
  for (const char of text) {
    const wide = Bun.stringWidth(char)
    if (used + wide > width - 1) break
    shown += char
    used += wide
  }
  return `${shown}…${' '.repeat(Math.max(0, width - 1 - used))}`
}

/** Control characters and runs of blanks as one blank. */
export function oneLine(text: string): string {
  return text.replaceAll(/[\s\p{Cc}]+/gu, ' ')
}

/** Takes from the widest columns until all fit, and from none below the least width. */
function fitWidths(wanted: readonly number[], width: number): number[] {
  const widths = [...wanted]
  for (let excess = widths.reduce((sum, size) => sum + size, 0) - width; excess > 0; excess--) {
    const widest = widths.indexOf(Math.max(...widths))
    const size = widths[widest] ?? 0
    if (size <= LEAST_WIDTH) break
    widths[widest] = size - 1
  }
  return widths
}
