import type { FaultKind } from '../lib/fault.ts'

export const EXIT_DONE = 0

/** Exit codes by what went wrong; 130 is what a shell gives a program that SIGINT ended. */
export const EXIT_CODES: Readonly<Record<FaultKind, number>> = {
  failed: 1,
  usage: 2,
  refused: 3,
  interrupted: 130,
}
