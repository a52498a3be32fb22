import type { Manifest, ManifestTable } from '../../../archive/manifest.ts'
import {
  type Catalog,
  lineage,
  type Oid,
  type Relation,
  relationKey,
  relationName,
} from '../../../catalog/model.ts'
import { buildPlan } from '../../../compile/plan/build.ts'
import { maskedColumns } from '../../../compile/plan/plan.ts'
import { readKnownColumns } from '../../../dictionary/known-columns.ts'
import { mergeSensitiveDictionaries, readSensitiveDictionary } from '../../../dictionary/sensitive.ts'
import type { Finding } from '../../../lib/fault.ts'
import type { Target } from '../../../postgres/connection/target.ts'
import type { Context } from '../../context.ts'
import { SCAN_DEFAULTS } from '../../scan/request.ts'
import { scan } from '../../scan/scan.ts'
import type { RefreshCheck } from '../request.ts'

/** Finds columns of the copy that hold something personal and were not masked when the archive was made. */
export async function checkUnmasked(
  context: Context,
  copy: Target,
  {
    catalog,
    manifest,
    check,
    jobs,
    lockWait,
  }: {
    readonly catalog: Catalog
    readonly manifest: Manifest
    readonly check: RefreshCheck
    readonly jobs: number | undefined
    readonly lockWait: number
  },
): Promise<Finding[]> {
  if (check.findings === 'off') return []
  const archived = new ArchivedColumns(catalog, manifest)
  const findings = new Map<string, Finding>()
  const add = (relation: Relation, field: string, why: string) => {
    if (!archived.isPlain(relation, field)) return
    const place = { relation: relationName(relation), field }
    const key = JSON.stringify(place)
    if (!findings.has(key)) findings.set(key, unmasked(check, place, why))
  }
  for (const { relation, field } of await columnsToMask(catalog, check)) {
    add(relation, field, 'The dictionaries mask this column, and the archive was made without that')
  }
  const found = await scan(context, {
    source: copy,
    metaDictionaries: [],
    sensitive: [],
    nonSensitive: check.knownColumns,
    mode: 'partial',
    ...SCAN_DEFAULTS,
    builtin: true,
    since: undefined,
    jobs,
    lockWait,
  })
  for (const { relation, column, outcome } of found.outcomes) {
    if (outcome.kind !== 'sensitive' || outcome.reason.kind !== 'detection') continue
    add(
      relation,
      column.name,
      `This column looks like ${outcome.reason.detection.entity}, and was not masked`,
    )
  }
  return [...findings.values(), ...found.warnings.filter(({ severity }) => severity === 'warning')]
}

/** What the dictionaries mask in a database, whether the archive has its rows or not. */
async function columnsToMask(
  catalog: Catalog,
  check: RefreshCheck,
): Promise<{ relation: Relation; field: string }[]> {
  if (check.dictionaries.length === 0) return []
  const plan = await buildPlan({
    catalog,
    dictionary: mergeSensitiveDictionaries(check.dictionaries.map(readSensitiveDictionary)),
    knownColumns: readKnownColumns(check.knownColumns),
    onlyTables: undefined,
    withoutTables: undefined,
    policy: { allowUnmatched: true, unknownColumns: 'copy', followKeys: check.followKeys },
  })
  return plan.tables.flatMap((table) =>
    maskedColumns(table).map(({ column }) => ({ relation: table.relation, field: column.name })),
  )
}

/** What the manifest says of columns. Tables of the manifest are those that hold rows: partitions, not their parents. */
class ArchivedColumns {
  /** By the oid of a table, or of a partitioned table above it. */
  readonly #tables = new Map<Oid, ManifestTable[]>()

  constructor(catalog: Catalog, manifest: Manifest) {
    const byName = new Map(manifest.tables.map((table) => [relationKey(table), table]))
    for (const relation of catalog.relations.values()) {
      const table = byName.get(relationKey(relation))
      if (!table || table.rows === 0) continue
      for (const { oid } of lineage(catalog, relation)) {
        this.#tables.set(oid, [...(this.#tables.get(oid) ?? []), table])
      }
    }
  }

  /** Rows of the table, or of a partition of it, have the column as it was in the source. */
  isPlain(relation: Relation, field: string): boolean {
    const tables = this.#tables.get(relation.oid) ?? []
    return tables.some(
      ({ rowPolicy, columns, masked }) =>
        rowPolicy !== 'replaced' && columns.includes(field) && !masked.some(({ column }) => column === field),
    )
  }
}

function unmasked(
  check: RefreshCheck,
  place: { readonly relation: string; readonly field: string },
  why: string,
): Finding {
  return {
    code: 'refresh-unmasked',
    severity: check.findings === 'warn' ? 'warning' : 'error',
    message: `${why}.`,
    place,
    remedy:
      'Mask it by a sensitive dictionary, or list it in a non-sensitive one; or let the check warn only. The target is as it was.',
  }
}
