import { z } from '@hono/zod-openapi'

export const errorSchema = z
  .object({
    error_code: z.string().openapi({ example: 'DB_CONNECTION_FAILED' }),
    message: z.string().openapi({ example: 'Cannot connect to app@localhost:5432/source_db.' }),
  })
  .openapi('ErrorResponse')

export const invalidSchema = z
  .object({
    detail: z.array(
      z
        .object({
          loc: z.array(z.union([z.string(), z.int()])).openapi({ example: ['body', 'operation_id'] }),
          msg: z.string().openapi({ example: 'Field required' }),
          type: z.string().openapi({ example: 'missing' }),
        })
        .openapi('ValidationError'),
    ),
  })
  .openapi('HTTPValidationError')

const success = {
  status_id: z.int().openapi({ example: 2 }),
  status: z.string().openapi({ example: 'success' }),
}

export const connectedSchema = z.object({ status: z.literal('ok') }).openapi('ConnectionChecked')

export const viewFieldsResponse = z
  .object({
    ...success,
    content: z.array(
      z
        .object({
          schema_name: z.string(),
          table_name: z.string(),
          field_name: z.string(),
          type: z.string(),
          dict_data: z
            .object({ name: z.string(), additional_info: z.unknown().optional() })
            .nullable()
            .openapi('DictionaryMetadata'),
          rule: z.string().nullable(),
        })
        .openapi('ViewFieldsContent'),
    ),
  })
  .openapi('ViewFieldsResponse')

const rows = z.array(z.array(z.string().nullable()))

export const viewDataResponse = z
  .object({
    ...success,
    content: z
      .object({
        schema_name: z.string(),
        table_name: z.string(),
        field_names: z.array(z.string()),
        total_rows_count: z.int(),
        rows_before: rows.openapi({ description: 'Real data. Empty where a raw_sql gives the rows.' }),
        rows_after: rows,
      })
      .openapi('ViewDataContent'),
  })
  .openapi('ViewDataResponse')

export const previewSchemasResponse = z
  .object({ ...success, content: z.array(z.string()) })
  .openapi('PreviewSchemasResponse')

export const previewTablesResponse = z
  .object({
    ...success,
    content: z.array(
      z
        .object({
          table_name: z.string(),
          is_sensitive: z.boolean(),
          is_excluded: z.boolean(),
          fields: z.array(
            z.object({
              field_name: z.string(),
              type: z.string(),
              is_sensitive: z.boolean(),
              rule: z.string().nullable(),
            }),
          ),
        })
        .openapi('PreviewTable'),
    ),
  })
  .openapi('PreviewTablesResponse')

const keptDictionary = z
  .object({ name: z.string(), content: z.string(), additional_info: z.unknown().optional() })
  .openapi('KeptDictionary')
const kept = z.array(keptDictionary).optional()

export const operationResponse = z
  .object({
    run_status: z
      .object({
        status_id: z
          .int()
          .openapi({ description: '2 success, 3 error; 4 in_progress, 5 starting until it has ended.' }),
        status: z.string(),
        started: z.string().nullable().openapi({ description: 'ISO 8601, UTC.' }),
        ended: z.string().nullable().openapi({ description: 'ISO 8601, UTC.' }),
      })
      .openapi('RunStatus'),
    run_options: z.record(z.string(), z.unknown()),
    dictionaries: z
      .object({
        meta_dict_files: kept,
        prepared_sens_dict_files: kept,
        prepared_no_sens_dict_files: kept,
        partial_tables_dict_files: kept,
        partial_tables_exclude_dict_files: kept,
        output_sens_dict_file: keptDictionary.optional(),
        output_no_sens_dict_file: keptDictionary.optional(),
      })
      .openapi('DictionariesData'),
    extra_data: z
      .record(z.string(), z.unknown())
      .nullable()
      .openapi({ example: { dump_size: 123456 } }),
  })
  .openapi('OperationDataResponse')

export const titleSchema = z.object({ title: z.string() }).openapi('Title')
export const statusSchema = z.object({ id: z.int(), title: z.string() }).openapi('TaskStatus')

export type ViewFieldsAnswer = z.input<typeof viewFieldsResponse>
export type ViewDataAnswer = z.input<typeof viewDataResponse>
export type PreviewTablesAnswer = z.input<typeof previewTablesResponse>
export type OperationAnswer = z.input<typeof operationResponse>
