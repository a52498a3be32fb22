import type { OrderContext } from '../jobs/backup/order-backup.ts'
import { backupSurface } from '../jobs/backup/surface.ts'
import type { JobsContext } from '../jobs/jobs-context.ts'
import { openSeal } from '../jobs/open-seal.ts'
import { sleep } from '../jobs/until-written.ts'
import { homePath, openHome } from '../store/home.ts'
import { openState } from '../store/state.ts'
import type { CommandContext } from './command-context.ts'
import { secretOf } from './secret-variable.ts'

/** What commands about jobs work on: the state file of PGVEIL_HOME, whether a server uses it at the time or not. */
export type OpenedJobs = JobsContext & OrderContext

/** Opens the state file, works with it, and closes it. Throws `state-key`, `state-unreadable`. */
export async function withJobs<Result>(
  context: CommandContext,
  work: (jobs: OpenedJobs) => Promise<Result>,
): Promise<Result> {
  const { clock, log } = context.operation()
  const home = await openHome(homePath(process.env))
  const state = await openState(home.stateFile)
  try {
    const seal = await openSeal(state, home, secretOf('PGVEIL_KEY'))
    return await work({
      home,
      state,
      seal,
      clock,
      log,
      sleep,
      surfaces: new Map([[backupSurface.name, backupSurface]]),
      // Whoever may write the state file decides by himself which hosts are reached.
      webhookHosts: { allowed: undefined },
      storageHosts: { allowed: undefined },
      salt: secretOf('PGVEIL_SALT'),
    })
  } finally {
    await state.destroy()
  }
}
