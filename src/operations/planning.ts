import { prepareParser } from '../compile/parser/parser.ts'
import { buildPlan } from '../compile/plan/build.ts'
import type { Plan, PlanPolicy } from '../compile/plan/plan.ts'
import { type KnownColumns, readKnownColumns } from '../dictionary/known-columns.ts'
import {
  mergeSensitiveDictionaries,
  readSensitiveDictionary,
  type SensitiveDictionary,
} from '../dictionary/sensitive.ts'
import type { DictionarySource } from '../dictionary/source.ts'
import type { TablePattern } from '../dictionary/table-pattern.ts'
import { readTablesDictionary } from '../dictionary/tables.ts'
import type { Secret } from '../lib/secret.ts'
import type { Target } from '../postgres/connection/target.ts'
import type { Context } from './context.ts'
import { type CatalogInSnapshot, type CatalogOptions, withCatalog } from './with-catalog.ts'

/** What every operation that plans is told: the database, the dictionaries, and how strict to be. */
export interface PlanningRequest extends PlanPolicy {
  readonly source: Target
  /** Sensitive dictionaries; the later one wins. */
  readonly dictionaries: readonly DictionarySource[]
  /** Tables dictionaries: an allow list and a deny list. Empty: no list. */
  readonly onlyTables: readonly DictionarySource[]
  readonly withoutTables: readonly DictionarySource[]
  /** Non-sensitive dictionaries: columns that hold nothing personal. */
  readonly knownColumns: readonly DictionarySource[]
  /** What the functions of the library take for the setting anon_funcs.salt. */
  readonly salt: Secret | undefined
  /** How long to wait for a table that somebody is about to change, in milliseconds. */
  readonly lockWait: number
}

/** How long to wait for a table that somebody is about to change, where nobody says. */
export const LOCK_WAIT_MILLISECONDS = 30_000

/** Nothing but the sensitive dictionaries, as they stand: what is planned where nobody says otherwise. */
export const PLAIN_PLANNING = {
  onlyTables: [],
  withoutTables: [],
  knownColumns: [],
  unknownColumns: 'copy',
  followKeys: false,
  allowUnmatched: false,
  lockWait: LOCK_WAIT_MILLISECONDS,
} as const satisfies Partial<PlanningRequest>

/** Dictionaries as they were read, before anything is asked of a database. */
interface ReadDictionaries {
  readonly dictionary: SensitiveDictionary
  readonly knownColumns: KnownColumns
  readonly onlyTables: readonly TablePattern[] | undefined
  readonly withoutTables: readonly TablePattern[] | undefined
}

/** A plan with the catalog and the snapshot that it was made from. */
export interface Planning extends CatalogInSnapshot {
  readonly plan: Plan
}

/** Throws the faults of dictionaries: `dictionary-syntax`, `dictionary-shape`. */
function readPlanningDictionaries(request: PlanningRequest): ReadDictionaries {
  const list = (sources: readonly DictionarySource[]) =>
    sources.length > 0 ? sources.flatMap(readTablesDictionary) : undefined
  return {
    dictionary: mergeSensitiveDictionaries(request.dictionaries.map(readSensitiveDictionary)),
    knownColumns: readKnownColumns(request.knownColumns),
    onlyTables: list(request.onlyTables),
    withoutTables: list(request.withoutTables),
  }
}

/**
 * Plans in a snapshot of the source and does some work with the plan before the snapshot ends. The plan may hold errors
 * among its findings; whoever carries it out must refuse them.
 */
export async function withPlan<Result>(
  context: Context,
  request: PlanningRequest,
  options: Pick<CatalogOptions, 'locks' | 'onSnapshot'>,
  work: (context: Context, planning: Planning) => Promise<Result>,
): Promise<Result> {
  const dictionaries = readPlanningDictionaries(request)
  const { lockWait, salt } = request
  const onSnapshot: CatalogOptions['onSnapshot'] = async (guarded, snapshot) => {
    await options.onSnapshot?.(guarded, snapshot)
    prepareParser()
  }
  return withCatalog(
    context,
    request.source,
    { ...options, lockWait, salt, onSnapshot },
    async (guarded, found) => {
      const plan = await buildPlan({ catalog: found.catalog, ...dictionaries, policy: request })
      return work(guarded, { ...found, plan })
    },
  )
}
