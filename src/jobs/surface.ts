import type { Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import type { Seal } from '../store/seal.ts'
import type { StateTransaction } from '../store/state.ts'
import type { Run } from './run.ts'
import type { TaskOutput } from './worker/messages.ts'

/** Where to report to about one run: what the request said, sealed in the state file until the last report is through. */
export interface Webhook {
  readonly url: string
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly verifyTls: boolean
  /** What else the surface needs for its bodies: the caller's own id, metadata to hand back. */
  readonly context: unknown
}

/** What telling of the end of a run takes, beside the transaction. */
export interface SettlingContext {
  readonly seal: Seal
  readonly clock: Clock
  readonly log: Log
}

/** What the runs need of a documented API: the words in which it tells of a run. */
export interface Surface {
  readonly name: string
  /** The body of a report that the run has begun (state running) or ended; `output` where it succeeded. */
  readonly report?: (run: Run, webhook: Webhook, output: TaskOutput | undefined) => unknown
  /** Writes what else is to be told of a run, in the moment in which it ends. */
  readonly onSettled?: (context: SettlingContext, transaction: StateTransaction, run: Run) => Promise<void>
}
