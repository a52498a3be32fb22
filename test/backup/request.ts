import type { BackupRequest } from '../../src/operations/backup/request.ts'
import type { Target } from '../../src/postgres/connection/target.ts'
import { dictionary, salt } from '../server/operations.ts'

export const USERS = `
  CREATE TABLE public.users (id int PRIMARY KEY, email text, note text);
  INSERT INTO public.users SELECT g, 'person' || g || '@example.org', 'note ' || g FROM generate_series(1, 500) AS g`

export const masks = dictionary({
  dictionary: [{ schema: 'public', table: 'users', fields: { email: 'md5(email)' } }],
})

/** A backup of one database into a folder, as a job asks for it; the tests say what differs. */
export function backupRequest(
  server: Target,
  basePath: string,
  changes: Partial<BackupRequest> = {},
): BackupRequest {
  return {
    job: { id: 'job-1', name: 'nightly "shop"' },
    source: { name: 'shop', server },
    databases: [server.database],
    anonymize: true,
    dictionaries: [masks],
    knownColumns: [],
    onlyTables: [],
    withoutTables: [],
    unknownColumns: 'copy',
    salt,
    compression: 'NONE',
    sealing: undefined,
    destination: {
      config: { adapterId: 'local-fs', basePath },
      hosts: { allowed: undefined },
    },
    folder: 'nightly',
    retention: { mode: 'NONE' },
    timeZone: 'Europe/Berlin',
    targets: [],
    ...changes,
  }
}
