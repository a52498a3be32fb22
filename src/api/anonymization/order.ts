import { realpath } from 'node:fs/promises'
import type { NewRun } from '../../jobs/add-run.ts'
import { plainTarget } from '../../jobs/plain-target.ts'
import { Fault } from '../../lib/fault.ts'
import { DUMP_CONTENTS } from '../../operations/dump/request.ts'
import { lanesOf } from '../../operations/lanes.ts'
import { pgDumpOptions, pgRestoreOptions } from '../../operations/program-options.ts'
import { existingFrom, RESTORE_CONTENTS } from '../../operations/restore/request.ts'
import type { Target } from '../../postgres/connection/target.ts'
import { containedPath } from '../../store/contained-path.ts'
import type { KeptDictionary } from '../../store/run-folder.ts'
import { targetOf } from './connection.ts'
import type { ApiContext } from './context.ts'
import { allowedProgram } from './programs.ts'
import type { DictionaryContent, DumpBody, RestoreBody, RunBody, ScanBody } from './schemas/requests.ts'

/** What a request comes to: the work, what is told of it, and the dictionaries by the documented names. */
export interface Ordered {
  readonly task: NewRun['task']
  readonly options: NewRun['options']
  readonly archive: string | null
  readonly dictionaries: Readonly<Record<string, readonly KeptDictionary[]>>
}

/** Throws `dictionaries-missing`, `address-refused`, `path-refused`, `program-refused`, `usage`. */
export async function orderDump(context: ApiContext, id: string, body: DumpBody): Promise<Ordered> {
  if (body.sens_dict_contents.length === 0) {
    throw new Fault('dictionaries-missing', 'A dump needs a sensitive dictionary, if only an empty one.')
  }
  const source = await targetOf(context, body.db_connection_params)
  const outputFolder = await containedPath(context.home.output, body.output_path ?? id)
  const pgDump = allowedProgram(context, 'pg_dump', body.pg_dump_path)
  const dictionaries = {
    prepared_sens_dict_files: body.sens_dict_contents.map(kept),
    ...partialDictionaries(body),
  }
  return {
    task: {
      kind: 'dump',
      source: plainTarget(source),
      content: DUMP_CONTENTS[body.type],
      outputFolder,
      within: await realpath(context.home.output),
      dictionaries: dictionaries.prepared_sens_dict_files,
      onlyTables: dictionaries.partial_tables_dict_files,
      withoutTables: dictionaries.partial_tables_exclude_dict_files,
      salt: context.salt?.reveal(),
      pgDump,
      pgDumpOptions: pgDumpOptions(body.pg_dump_options),
      ignorePrivileges: body.ignore_privileges,
      jobs: lanesOf(body.proc_count, body.proc_conn_count),
    },
    options: {
      ...commonOptions(id, body.type, source, body),
      ...names(dictionaries),
      output_dir: outputFolder,
      clear_output_dir: true,
      pg_dump: pgDump ?? null,
      pg_dump_options: body.pg_dump_options ?? null,
      ignore_privileges: body.ignore_privileges,
    },
    archive: outputFolder,
    dictionaries,
  }
}

/** Throws `address-refused`, `path-refused`, `program-refused`, `usage`. */
export async function orderRestore(context: ApiContext, id: string, body: RestoreBody): Promise<Ordered> {
  const target = await targetOf(context, body.db_connection_params)
  const inputFolder = await containedPath(context.home.output, body.input_path)
  const pgRestore = allowedProgram(context, 'pg_restore', body.pg_restore_path)
  const dictionaries = partialDictionaries(body)
  return {
    task: {
      kind: 'restore',
      target: plainTarget(target),
      content: RESTORE_CONTENTS[body.type],
      inputFolder,
      within: await realpath(context.home.output),
      onlyTables: dictionaries.partial_tables_dict_files,
      withoutTables: dictionaries.partial_tables_exclude_dict_files,
      existing: existingFrom(body.clean_db, body.drop_db),
      dropCustomChecks: body.drop_custom_check_constr,
      pgRestore,
      pgRestoreOptions: pgRestoreOptions(body.pg_restore_options),
      ignorePrivileges: body.ignore_privileges,
      jobs: lanesOf(body.proc_count, body.proc_conn_count),
    },
    options: {
      ...commonOptions(id, body.type, target, body),
      ...names(dictionaries),
      input_dir: inputFolder,
      pg_restore: pgRestore ?? null,
      pg_restore_options: body.pg_restore_options ?? null,
      ignore_privileges: body.ignore_privileges,
      drop_custom_check_constr: body.drop_custom_check_constr,
      clean_db: body.clean_db,
      drop_db: body.drop_db,
    },
    archive: null,
    dictionaries,
  }
}

/** Throws `address-refused`. */
export async function orderScan(context: ApiContext, id: string, body: ScanBody): Promise<Ordered> {
  const source = await targetOf(context, body.db_connection_params)
  const dictionaries = {
    meta_dict_files: body.meta_dict_contents.map(kept),
    prepared_sens_dict_files: body.sens_dict_contents.map(kept),
    prepared_no_sens_dict_files: body.no_sens_dict_contents.map(kept),
  }
  return {
    task: {
      kind: 'scan',
      source: plainTarget(source),
      mode: body.type,
      partialRows: body.depth,
      metaDictionaries: dictionaries.meta_dict_files,
      sensitive: dictionaries.prepared_sens_dict_files,
      nonSensitive: dictionaries.prepared_no_sens_dict_files,
      givesNonSensitive: body.need_no_sens_dict,
      jobs: lanesOf(body.proc_count, body.proc_conn_count),
    },
    options: {
      ...commonOptions(id, 'create-dict', source, body),
      ...names(dictionaries),
      scan_mode: body.type,
      scan_partial_rows: body.depth,
      need_no_sens_dict: body.need_no_sens_dict,
    },
    archive: null,
    dictionaries,
  }
}

/** No password is among them: they go to webhooks and to disk. */
function commonOptions(id: string, mode: string, target: Target, body: RunBody): NewRun['options'] {
  return {
    mode,
    internal_operation_id: id,
    db_host: target.host,
    db_port: target.port,
    db_name: target.database,
    db_user: target.user,
    processes: body.proc_count,
    db_connections_per_process: body.proc_conn_count,
    save_dicts: body.save_dicts,
  }
}

function partialDictionaries(
  body: Pick<DumpBody, 'partial_tables_dict_contents' | 'partial_tables_exclude_dict_contents'>,
) {
  return {
    partial_tables_dict_files: body.partial_tables_dict_contents.map(kept),
    partial_tables_exclude_dict_files: body.partial_tables_exclude_dict_contents.map(kept),
  }
}

function kept({ name, content, additional_info }: DictionaryContent): KeptDictionary {
  return { name, text: content, ...(additional_info !== undefined && { additionalInfo: additional_info }) }
}

function names(dictionaries: Ordered['dictionaries']): Record<string, string[]> {
  return Object.fromEntries(
    Object.entries(dictionaries).map(([kind, sources]) => [kind, sources.map(({ name }) => name)]),
  )
}
