import { OpenAPIHono } from '@hono/zod-openapi'
import type { HttpSurface } from '../../http/app.ts'
import type { AppVariables } from '../../http/environment.ts'
import { onError, onInvalid } from '../../http/errors.ts'
import type { BackupContext } from './context.ts'
import { backupRefusals, backupWords } from './error-words.ts'
import { addAdapterRoutes } from './routes/adapters.ts'
import { addApiKeyRoutes } from './routes/api-keys.ts'
import { addAuditRoute } from './routes/audit.ts'
import { addConnectionTestRoutes } from './routes/connection-tests.ts'
import { addDictionaryRoutes } from './routes/dictionaries.ts'
import { addEncryptionProfileRoutes } from './routes/encryption-profiles.ts'
import { addExecutionRoutes } from './routes/executions.ts'
import { addHealthRoute, HEALTH_PATH } from './routes/health.ts'
import { addHealthHistoryRoute } from './routes/health-history.ts'
import { addJobRoutes } from './routes/jobs.ts'
import { addRecoveryKitRoute } from './routes/recovery-kit.ts'
import { addStorageDownloadRoutes, PUBLIC_DOWNLOAD_PATH } from './routes/storage-downloads.ts'
import { addStorageFileRoutes } from './routes/storage-files.ts'
import { addStorageRestoreRoutes } from './routes/storage-restore.ts'
import { addSystemTaskRoutes } from './routes/system-tasks.ts'

const ROUTES = [
  addHealthRoute,
  addJobRoutes,
  addExecutionRoutes,
  addAdapterRoutes,
  addHealthHistoryRoute,
  addConnectionTestRoutes,
  addStorageFileRoutes,
  addStorageDownloadRoutes,
  addStorageRestoreRoutes,
  addRecoveryKitRoute,
  addEncryptionProfileRoutes,
  addDictionaryRoutes,
  addSystemTaskRoutes,
  addApiKeyRoutes,
  addAuditRoute,
]

/** The documented backup API: what lies under /api and belongs to no other surface, with its own words for errors. */
export function backupApi(context: BackupContext): HttpSurface {
  return {
    owns: (path) => path === '/api' || path.startsWith('/api/'),
    open: [HEALTH_PATH, PUBLIC_DOWNLOAD_PATH],
    words: backupRefusals,
    rateLimits: context.rateLimits,
    tags: TAGS,
    mount: (app) => {
      const surface = new OpenAPIHono<AppVariables>({ defaultHook: onInvalid })
      surface.onError(onError(context.log, backupWords))
      for (const add of ROUTES) add(surface, context)
      app.route('/', surface)
    },
  }
}

const TAGS = [
  { name: 'Health', description: 'For monitors.' },
  { name: 'Jobs', description: 'Scheduled anonymized copies.' },
  { name: 'Executions', description: 'Runs of jobs, and restores.' },
  { name: 'Adapters', description: 'Sources, destinations and notification channels.' },
  { name: 'Connection Testing', description: 'Whether a configuration works.' },
  { name: 'Storage', description: 'Backups in a destination.' },
  { name: 'Vault', description: 'Keys that backups are sealed with.' },
  { name: 'Dictionaries', description: 'What jobs mask with.' },
  { name: 'Settings', description: 'What the server does for itself.' },
  { name: 'API Keys', description: 'Who may ask.' },
  { name: 'Audit', description: 'Who asked for what.' },
]
