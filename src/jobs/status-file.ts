import type { Home } from '../store/home.ts'
import { RunFolder, type RunStatus } from '../store/run-folder.ts'
import type { Run, RunState } from './run.ts'

const STATUSES: Readonly<Record<RunState, RunStatus['status']>> = {
  queued: 'starting',
  running: 'in_progress',
  succeeded: 'success',
  failed: 'error',
  cancelled: 'error',
}

/** The status of a run in the documented API's words. */
export function statusOf(state: RunState): RunStatus['status'] {
  return STATUSES[state]
}

/** Brings `run_status.json` in the folder of the run up to date; the state file is what counts. */
export async function saveStatus(home: Home, run: Run): Promise<void> {
  const status = { status: statusOf(run.state), started: run.startedAt, ended: run.endedAt }
  await RunFolder.at(home.path, run.folder)
    .saveStatus(status)
    .catch(() => {})
}
