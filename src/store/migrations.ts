import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** In the order of their names; one that was released is never changed. */
export const MIGRATIONS: Readonly<Record<string, Migration>> = {
  '0001_runs_deliveries_api_keys': { up: runsDeliveriesApiKeys },
  '0002_server': { up: server },
}

async function runsDeliveriesApiKeys(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('runs')
    .addColumn('number', 'integer', (column) => column.primaryKey().autoIncrement())
    .addColumn('id', 'text', (column) => column.notNull().unique())
    .addColumn('surface', 'text', (column) => column.notNull())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('options', 'text', (column) => column.notNull())
    .addColumn('keeps_dictionaries', 'integer', (column) => column.notNull())
    .addColumn('folder', 'text', (column) => column.notNull())
    .addColumn('archive', 'text')
    .addColumn('task', 'blob')
    .addColumn('webhook', 'blob')
    .addColumn('progress', 'text')
    .addColumn('result', 'text')
    .addColumn('fault', 'text')
    .addColumn('worker', 'text')
    .addColumn('cancel_requested', 'integer', (column) => column.notNull().defaultTo(0))
    .addColumn('deleted', 'integer', (column) => column.notNull().defaultTo(0))
    .addColumn('created_at', 'integer', (column) => column.notNull())
    .addColumn('started_at', 'integer')
    .addColumn('ended_at', 'integer')
    .execute()
  await db.schema.createIndex('runs_by_state').on('runs').columns(['state', 'number']).execute()
  await db.schema.createIndex('runs_by_time').on('runs').columns(['created_at', 'number']).execute()
  await db.schema
    .createTable('deliveries')
    .addColumn('id', 'integer', (column) => column.primaryKey().autoIncrement())
    .addColumn('run_id', 'text', (column) => column.notNull())
    .addColumn('receiver', 'text', (column) => column.notNull())
    .addColumn('body', 'blob')
    .addColumn('attempts', 'integer', (column) => column.notNull().defaultTo(0))
    .addColumn('due_at', 'integer', (column) => column.notNull())
    .addColumn('done_at', 'integer')
    .addColumn('outcome', 'text')
    .execute()
  await db.schema.createIndex('deliveries_by_run').on('deliveries').columns(['run_id', 'id']).execute()
  await db.schema.createIndex('deliveries_by_due').on('deliveries').columns(['done_at', 'due_at']).execute()
  await db.schema
    .createTable('api_keys')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('hash', 'text', (column) => column.notNull())
    .addColumn('permissions', 'text', (column) => column.notNull())
    .addColumn('created_at', 'integer', (column) => column.notNull())
    .addColumn('expires_at', 'integer')
    .addColumn('revoked_at', 'integer')
    .execute()
}

async function server(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('server')
    .addColumn('id', 'integer', (column) => column.primaryKey())
    .addColumn('key_check', 'blob')
    .addColumn('written_at', 'integer', (column) => column.notNull().defaultTo(0))
    .execute()
  await db
    .insertInto('server' as never)
    .values({ id: 1 } as never)
    .execute()
}
