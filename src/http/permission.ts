/**
 * What a key may be allowed. The first five are of the anonymization API: `read` records of runs, `view` fields and rows
 * of a database, `run` scans, dumps and restores, `delete` their records and archives, `metrics`. The others are the
 * documented ones of the backup API; `users` and `groups` may be given and lead nowhere. None implies another.
 */
export const PERMISSIONS = [
  'read',
  'view',
  'run',
  'delete',
  'metrics',
  'users:read',
  'users:write',
  'groups:read',
  'groups:write',
  'sources:read',
  'sources:write',
  'destinations:read',
  'destinations:write',
  'jobs:read',
  'jobs:write',
  'jobs:execute',
  'storage:read',
  'storage:download',
  'storage:delete',
  'storage:restore',
  'history:read',
  'audit:read',
  'notifications:read',
  'notifications:write',
  'vault:read',
  'vault:write',
  'settings:read',
  'settings:write',
  'api-keys:read',
  'api-keys:write',
] as const

export type Permission = (typeof PERMISSIONS)[number]
