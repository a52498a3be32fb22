import type { Context } from '../operations/context.ts'
import type { Screen } from './screen/screen.ts'

/** What a command is given to work with. */
export interface CommandContext {
  readonly screen: Screen
  readonly operation: () => Context
}
