import { Fault } from '../../lib/fault.ts'
import type { Context } from '../../operations/context.ts'
import { PLAIN_PLANNING, type PlanningRequest } from '../../operations/planning.ts'
import { targetOf } from './connection.ts'
import type { ApiContext } from './context.ts'
import type {
  Connection,
  DictionaryContent,
  PreviewTablesBody,
  ViewDataBody,
  ViewFieldsBody,
} from './schemas/requests.ts'
import type { PreviewTablesAnswer, ViewDataAnswer, ViewFieldsAnswer } from './schemas/responses.ts'

/** Rows or tables of one answer: a page is to be looked at. */
const MOST_SHOWN = 10_000

/** How long a view waits for a table that somebody is about to change. */
const LOCK_WAIT_MILLISECONDS = 5000

const SUCCESS = { status_id: 2, status: 'success' } as const

/** A context for work that a request waits for: it ends when the client goes away. */
export function whileAsked({ clock, log }: ApiContext, signal: AbortSignal): Context {
  return { signal, log, clock, onProgress: () => {} }
}

export async function answerViewFields(
  api: ApiContext,
  signal: AbortSignal,
  body: ViewFieldsBody,
): Promise<ViewFieldsAnswer> {
  const { fields } = await api.desk.ask(
    'viewFields',
    {
      ...(await planningOf(api, body)),
      schema: { name: body.schema_name, mask: body.schema_mask },
      table: { name: body.table_name, mask: body.table_mask },
      onlySensitive: body.view_only_sensitive_fields,
      limit: body.fields_limit_count,
      ormNames: body.orm_dict_content && {
        name: body.orm_dict_content.name,
        text: body.orm_dict_content.content,
      },
    },
    signal,
  )
  const content = fields.map((view) => ({
    schema_name: view.schema,
    table_name: view.table,
    field_name: view.field,
    type: view.type,
    dict_data: metadataOf(body.sens_dict_contents, view.dictionary),
    rule: view.rule,
  }))
  return { ...SUCCESS, content }
}

/** A `ViewDataAnswer` in JSON; its rows are as the process that was asked wrote them. */
export async function answerViewData(
  api: ApiContext,
  signal: AbortSignal,
  body: ViewDataBody,
): Promise<Uint8Array<ArrayBuffer>> {
  refuseUnlessPage(body)
  const view = await api.desk.ask(
    'viewData',
    {
      ...(await planningOf(api, body)),
      schema: body.schema_name,
      table: body.table_name,
      limit: body.limit,
      offset: body.offset,
    },
    signal,
  )
  const content = {
    schema_name: view.schema,
    table_name: view.table,
    field_names: [...view.fields],
    total_rows_count: Number(view.totalRows),
  } satisfies Omit<ViewDataAnswer['content'], 'rows_before' | 'rows_after'>
  const head = JSON.stringify({ ...SUCCESS, content }).replace(/\}\}$/, '')
  return Buffer.concat([
    Buffer.from(`${head},"rows_before":`),
    view.before,
    Buffer.from(',"rows_after":'),
    view.after,
    Buffer.from('}}'),
  ])
}

export async function answerPreviewTables(
  api: ApiContext,
  signal: AbortSignal,
  schema: string,
  body: PreviewTablesBody,
): Promise<PreviewTablesAnswer> {
  refuseUnlessPage(body)
  const tables = await api.desk.ask(
    'previewTables',
    {
      ...(await planningOf(api, body)),
      schema,
      filter: body.table_filter,
      onlySensitive: body.view_only_sensitive_tables,
      limit: body.limit,
      offset: body.offset,
    },
    signal,
  )
  const content = tables.map(({ table, sensitive, excluded, fields }) => ({
    table_name: table,
    is_sensitive: sensitive,
    is_excluded: excluded,
    fields: fields.map(({ field, type, rule }) => ({
      field_name: field,
      type,
      is_sensitive: rule !== null,
      rule,
    })),
  }))
  return { ...SUCCESS, content }
}

async function planningOf(
  api: ApiContext,
  body: {
    readonly db_connection_params: Connection
    readonly sens_dict_contents: readonly DictionaryContent[]
  },
): Promise<PlanningRequest> {
  return {
    ...PLAIN_PLANNING,
    source: await targetOf(api, body.db_connection_params),
    dictionaries: body.sens_dict_contents.map(({ name, content }) => ({ name, text: content })),
    salt: api.salt,
    lockWait: LOCK_WAIT_MILLISECONDS,
  }
}

/** The dictionary that a rule stands in, as the request described it; the later of two of one name wins. */
function metadataOf(dictionaries: readonly DictionaryContent[], name: string | null) {
  const found = dictionaries.findLast((dictionary) => dictionary.name === name)
  if (!found) return null
  const { additional_info } = found
  return { name: found.name, ...(additional_info !== undefined && { additional_info }) }
}

function refuseUnlessPage({ limit, offset }: { readonly limit: number; readonly offset: number }): void {
  if (limit < 1 || limit > MOST_SHOWN)
    throw new Fault('limit-invalid', `limit must be from 1 to ${MOST_SHOWN}.`)
  if (offset < 0) throw new Fault('offset-invalid', 'offset must be 0 or more.')
}
