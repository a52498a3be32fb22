import { asFault } from '../../lib/fault.ts'
import { identifyServer } from '../../operations/survey-server.ts'
import { listAdapters, noteServer, targetOfSource } from '../definitions/adapters.ts'
import type { SystemTaskWork } from '../schedule/system-tasks.ts'
import { cleanUpAuditLog, cleanUpDownloadLinks } from './clean-up.ts'
import { backUpConfiguration } from './config-backup.ts'
import { checkHealth, type UpkeepContext } from './health-check.ts'
import { checkIntegrity, noteStorageUsage } from './storage.ts'

/** What each of the server's own tasks does. */
export function systemTaskWork(context: UpkeepContext): SystemTaskWork {
  return {
    'health-check': (signal) => checkHealth(context, signal),
    'update-db-versions': (signal) => updateVersions(context, signal),
    'storage-statistics': (signal) => noteStorageUsage(context, signal),
    'audit-log-cleanup': (signal) => cleanUpAuditLog(context, signal),
    'integrity-check': (signal) => checkIntegrity(context, signal),
    'config-backup': () => backUpConfiguration(context),
    'download-link-cleanup': (signal) => cleanUpDownloadLinks(context, signal),
  }
}

async function updateVersions(context: UpkeepContext, signal: AbortSignal): Promise<void> {
  for (const adapter of await listAdapters(context, 'database')) {
    signal.throwIfAborted()
    try {
      await noteServer(context.state, adapter.id, await identifyServer(targetOfSource(adapter), signal))
    } catch (error) {
      signal.throwIfAborted()
      context.log.warn(
        { adapter: adapter.id, reason: asFault(error).message },
        'a source does not tell its version',
      )
    }
  }
}
