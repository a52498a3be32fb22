import { z } from '@hono/zod-openapi'
import { DUMP_CONTENTS } from '../../../operations/dump/request.ts'
import { RESTORE_CONTENTS } from '../../../operations/restore/request.ts'
import { SCAN_DEFAULTS } from '../../../operations/scan/request.ts'
import { boolean, integer, optional, otherwise, text } from './wire.ts'

const DEFAULT_PROCESSES = 4
const DEFAULT_CONNECTIONS = 4

export const connectionSchema = z
  .object({
    host: text(255).min(1).openapi({ example: 'localhost', description: 'Host name or address.' }),
    port: integer({ least: 1, most: 65_535 }).openapi({ example: 5432 }),
    db_name: text(255).min(1).openapi({ example: 'source_db' }),
    user_login: text(255).min(1).openapi({ example: 'app' }),
    user_password: text(10_000).openapi({ format: 'password' }),
  })
  .openapi('DbConnectionParams', { description: 'The database and who connects to it.' })

export const dictionarySchema = z
  .object({
    name: text(1000).openapi({
      example: 'masks.py',
      description: 'A name; messages speak of the dictionary by it.',
    }),
    content: text(16_000_000).openapi({
      example: '{"dictionary": [{"schema": "public", "table": "users", "fields": {"email": "md5(email)"}}]}',
      description: 'The dictionary: JSON, or a Python literal.',
    }),
    additional_info: z.unknown().optional().openapi({ description: 'Kept and handed back as it is.' }),
  })
  .openapi('DictionaryContent')

const dictionaries = () => otherwise(z.array(dictionarySchema).max(1000), [])

/** Names that say how a message is carried, and those that we sign by. */
const RESERVED_HEADER =
  /^(host|connection|content-length|transfer-encoding|te|trailer|upgrade|keep-alive|expect|proxy-.*|webhook-.*)$/i

const headersSchema = z
  .record(z.string(), text(8000))
  .refine(
    (headers) =>
      Object.keys(headers).every(
        (name) => /^[\w!#$%&'*+.^`|~-]{1,200}$/.test(name) && !RESERVED_HEADER.test(name),
      ),
    'A name is no header that can be added',
  )
  .refine(
    (headers) => Object.values(headers).every((value) => !/[^\t\x20-\x7e\x80-\xff]/.test(value)),
    'A value holds what no header can',
  )
  .openapi({ example: { Authorization: 'Api-key 123' } })

const webUrl = text(8000)
  .refine((value) => /^https?:$/.test(URL.parse(value)?.protocol ?? ''), 'It must be an http or https URL')
  .openapi({ example: 'https://example.org/pgveil', format: 'uri' })

const runFields = {
  operation_id: text(1000).openapi({
    example: 'nightly-0001',
    description: 'Any text; webhooks hand it back.',
  }),
  db_connection_params: connectionSchema,
  webhook_status_url: webUrl.openapi({
    description: 'Receives a POST when the run begins and when it ends.',
  }),
  webhook_metadata: z
    .unknown()
    .optional()
    .openapi({ description: 'Anything; webhooks hand it back unchanged.' }),
  webhook_extra_headers: optional(headersSchema).openapi({ description: 'Headers to send along.' }),
  webhook_verify_ssl: otherwise(boolean(), true).openapi({
    description: 'Check the certificate of the receiver. Default: true.',
  }),
  save_dicts: otherwise(boolean(), false).openapi({
    description: 'Keep the dictionaries with the record of the run. Default: false.',
  }),
  proc_count: otherwise(integer({ least: 1, most: 1000 }), DEFAULT_PROCESSES).openapi({
    description: 'With proc_conn_count: connections at once are one times the other, at most 64. Default: 4.',
  }),
  proc_conn_count: otherwise(integer({ least: 1, most: 1000 }), DEFAULT_CONNECTIONS).openapi({
    description: 'Default: 4.',
  }),
}

const partialFields = {
  partial_tables_dict_contents: dictionaries().openapi({
    description: 'Only the tables of these dictionaries.',
  }),
  partial_tables_exclude_dict_contents: dictionaries().openapi({
    description: 'Not the tables of these dictionaries.',
  }),
  ignore_privileges: otherwise(boolean(), false).openapi({
    description: 'Leave out GRANT and REVOKE. Default: false.',
  }),
}

export const SCAN_TYPES = ['full', 'partial'] as const
export const DUMP_TYPES = Object.keys(DUMP_CONTENTS) as (keyof typeof DUMP_CONTENTS)[]
export const RESTORE_TYPES = Object.keys(RESTORE_CONTENTS) as (keyof typeof RESTORE_CONTENTS)[]

export const scanSchema = z
  .object({
    ...runFields,
    type: otherwise(z.enum(SCAN_TYPES), 'partial').openapi({ description: 'Default: partial.' }),
    depth: otherwise(integer({ least: 1, most: 1_000_000_000 }), SCAN_DEFAULTS.partialRows).openapi({
      description: 'Rows of a table that a partial scan looks at. Default: 10000.',
    }),
    meta_dict_contents: z.array(dictionarySchema).max(1000).openapi({ description: 'What to look for.' }),
    sens_dict_contents: dictionaries().openapi({ description: 'Columns known to be sensitive.' }),
    no_sens_dict_contents: dictionaries().openapi({ description: 'Columns known not to be.' }),
    need_no_sens_dict: otherwise(boolean(), false).openapi({
      description: 'Give the non-sensitive dictionary, too. Default: false.',
    }),
  })
  .openapi('ScanRequest')

export const dumpSchema = z
  .object({
    ...runFields,
    type: otherwise(z.enum(DUMP_TYPES), 'dump').openapi({
      description: 'All, the structure, or the rows. Default: dump.',
    }),
    sens_dict_contents: z
      .array(dictionarySchema)
      .max(1000)
      .openapi({ description: 'What to mask; the later one wins.' }),
    ...partialFields,
    output_path: optional(text(4000)).openapi({
      example: 'nightly',
      description:
        'Folder below the output folder of the server; an archive there is replaced. Default: the id of the run.',
    }),
    pg_dump_path: optional(text(4000)).openapi({
      example: '/usr/lib/postgresql/17/bin/pg_dump',
      description: 'Default: the one that fits the server.',
    }),
    pg_dump_options: optional(text(4000)).openapi({
      example: '--no-comments',
      description: 'Options to pass on to pg_dump.',
    }),
  })
  .openapi('DumpRequest')

export const restoreSchema = z
  .object({
    ...runFields,
    type: otherwise(z.enum(RESTORE_TYPES), 'restore').openapi({
      description: 'All, the structure, or the rows. Default: restore.',
    }),
    input_path: text(4000).openapi({
      example: 'nightly',
      description: 'Folder of the archive below the output folder of the server.',
    }),
    ...partialFields,
    pg_restore_path: optional(text(4000)).openapi({ description: 'Default: the one that fits.' }),
    pg_restore_options: optional(text(4000)).openapi({ description: 'Options to pass on to pg_restore.' }),
    drop_custom_check_constr: otherwise(boolean(), false).openapi({
      description: 'Drop CHECK constraints that call functions of the database. Default: false.',
    }),
    clean_db: otherwise(boolean(), false).openapi({
      description: 'Drop what the archive holds first. Not with drop_db.',
    }),
    drop_db: otherwise(boolean(), false).openapi({
      description: 'Drop the whole database first. Not with clean_db.',
    }),
  })
  .refine(({ clean_db, drop_db }) => !(clean_db && drop_db), 'Only one of clean_db and drop_db can be set')
  .openapi('RestoreRequest')

export const viewFieldsSchema = z
  .object({
    db_connection_params: connectionSchema,
    sens_dict_contents: dictionaries(),
    orm_dict_content: optional(dictionarySchema).openapi({
      description: 'What an application calls tables and fields.',
    }),
    schema_name: optional(text(255)),
    schema_mask: optional(text(1000)).openapi({ description: 'Regular expression, searched in the name.' }),
    table_name: optional(text(255)),
    table_mask: optional(text(1000)).openapi({ description: 'Regular expression, searched in the name.' }),
    view_only_sensitive_fields: otherwise(boolean(), false),
    fields_limit_count: otherwise(integer({ least: 1, most: 1_000_000 }), 5000).openapi({
      description: 'Default: 5000.',
    }),
  })
  .openapi('ViewFieldsRequest')

export const viewDataSchema = z
  .object({
    db_connection_params: connectionSchema,
    sens_dict_contents: dictionaries(),
    schema_name: text(255),
    table_name: text(255),
    limit: otherwise(integer(), 100).openapi({ description: 'Rows to show: 1 to 10000. Default: 100.' }),
    offset: otherwise(integer(), 0).openapi({ description: 'Rows to pass over. Default: 0.' }),
  })
  .openapi('ViewDataRequest')

export const previewSchemasSchema = z
  .object({
    db_connection_params: connectionSchema,
    schema_filter: optional(text(255)).openapi({ description: 'Part of the name, in any case.' }),
  })
  .openapi('PreviewSchemasRequest')

export const previewTablesSchema = z
  .object({
    db_connection_params: connectionSchema,
    sens_dict_contents: dictionaries(),
    limit: otherwise(integer(), 20).openapi({ description: 'Tables to show: 1 to 10000. Default: 20.' }),
    offset: otherwise(integer(), 0).openapi({ description: 'Tables to pass over. Default: 0.' }),
    table_filter: optional(text(255)).openapi({ description: 'Part of the name, in any case.' }),
    view_only_sensitive_tables: otherwise(boolean(), false),
  })
  .openapi('PreviewTablesRequest')

export type Connection = z.output<typeof connectionSchema>
export type DictionaryContent = z.output<typeof dictionarySchema>
export type ScanBody = z.output<typeof scanSchema>
export type DumpBody = z.output<typeof dumpSchema>
export type RestoreBody = z.output<typeof restoreSchema>
export type ViewFieldsBody = z.output<typeof viewFieldsSchema>
export type ViewDataBody = z.output<typeof viewDataSchema>
export type PreviewTablesBody = z.output<typeof previewTablesSchema>
export type RunBody = Pick<ScanBody, keyof typeof runFields>
