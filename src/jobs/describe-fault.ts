import { describePlace, type Fault } from '../lib/fault.ts'
import type { RunFault } from './run.ts'

/** How many findings a message lists; a plan may have thousands. */
const MOST_FINDINGS = 50

/** A remedy that names an option of the command line is of no use to who asked over HTTP. */
const OPTION = /(^|\s)--[a-z]/

/** A fault as a record of a run, a webhook or an answer tells it: every error with its place and remedy. */
export function describeFault(fault: Fault): RunFault {
  const errors = fault.findings.filter(({ severity }) => severity === 'error')
  const lines = errors.slice(0, MOST_FINDINGS).map(({ place, message, remedy }) => {
    const where = describePlace(place)
    return `${where === '' ? '' : `${where}: `}${message}${remedy && !OPTION.test(remedy) ? ` → ${remedy}` : ''}`
  })
  const more = errors.length - lines.length
  return {
    code: fault.code,
    message: [...lines, ...(more > 0 ? [`and ${more} more errors`] : [])].join('\n'),
  }
}
