import type { FaultKind } from '../lib/fault.ts'
import type { Context } from '../operations/context.ts'
import type { Screen } from './screen/screen.ts'

/** What a command is given to work with. */
export interface CommandContext {
  readonly screen: Screen
  readonly operation: () => Context
  /** The command has said all there is to say, and its exit code tells that this is no success. */
  readonly endAs: (kind: FaultKind) => void
}
