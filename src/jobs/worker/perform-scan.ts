import { Fault } from '../../lib/fault.ts'
import type { Context } from '../../operations/context.ts'
import type { Target } from '../../postgres/connection/target.ts'
import type { ScanTask } from '../task.ts'
import type { TaskOutput } from './messages.ts'

/** The scan of the engine, which is not built into this version. */
export async function performScan(_context: Context, _task: ScanTask, _source: Target): Promise<TaskOutput> {
  throw new Fault('scan-unavailable', 'This version of pgveil cannot scan.')
}
