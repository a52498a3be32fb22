import { describePlace, type Finding } from '../../lib/fault.ts'

/** Findings for people: a line with severity, code and place, what it is, and what to do. '' for none. */
export function findingsTable(findings: readonly Finding[]): string {
  const codes = Math.max(0, ...findings.map(({ code }) => code.length))
  const blocks = findings.map(({ severity, code, place, message, remedy }) => {
    const head = `${severity.padEnd(7)}  ${code.padEnd(codes)}  ${describePlace(place)}`.trimEnd()
    return `${head}\n  ${message}\n${remedy ? `  → ${remedy}\n` : ''}`
  })
  return blocks.map((block) => `${block}\n`).join('')
}
