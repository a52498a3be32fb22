import type { Finding } from '../../lib/fault.ts'
import type { Context } from '../../operations/context.ts'

/** Warnings are told of in the log of the run; the documented answers have no place for them. */
export function logWarnings({ log }: Context, warnings: readonly Finding[]): void {
  for (const { code, message, place } of warnings) log.warn({ code, place }, message)
}
