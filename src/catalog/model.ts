/** The catalog: what introspection says of a database, as far as pgveil needs it. Pure data, keyed by oid. */

export type Oid = number

export interface Server {
  /** As `server_version_num`: 150018. */
  readonly versionNumber: number
  readonly version: string
  readonly encoding: string
  readonly database: string
  readonly databaseOid: Oid
  /** Identifies a cluster and its physical copies; null where the role may not ask. Decimal digits. */
  readonly systemIdentifier: string | null
  readonly inRecovery: boolean
}

export type RelationKind =
  | 'table'
  | 'partitioned'
  | 'view'
  | 'materialized-view'
  | 'foreign-table'
  | 'sequence'

export interface Relation {
  readonly oid: Oid
  readonly schema: string
  readonly name: string
  /** Schema and name as PostgreSQL quotes them, only where it must: `public."Order"`. */
  readonly sqlName: string
  readonly kind: RelationKind
  readonly owner: string
  /** The partitioned table that this relation is a partition of. */
  readonly partitionOf: Oid | null
  /** The tables that this one inherits from by INHERITS. */
  readonly inheritsFrom: readonly Oid[]
  /**
   * What of the relation calls a function of a role that is not trusted as soon as a SELECT from it is planned:
   * `the index t_lower_idx`; null where nothing does. COPY of a table by its name plans nothing.
   */
  readonly foreignCode: string | null
  /**
   * The SQL that a row of this partition satisfies, its ancestors' bounds included; null where there is none, and where
   * foreignCode is not.
   */
  readonly partitionConstraint: string | null
  /** Partitioned by hash over an enum: the hash differs between databases, so rows must be loaded by the root. */
  readonly partitionsByEnumHash: boolean
  /** Its policies decide which rows a role sees. */
  readonly rowSecurity: boolean
  /** Of a materialized view. */
  readonly populated: boolean
  /** The planner's estimate; -1 where the relation was never analyzed. */
  readonly estimatedRows: number
  /** Of the heap, without TOAST; 0 where rows are stored otherwise, and for what holds none. */
  readonly pages: number
  /** Bytes of the heap with its TOAST. */
  readonly bytes: number
  /** Set where the relation belongs to an extension. */
  readonly extension: ExtensionMembership | null
  /** In the order of their numbers; dropped ones are not among them. */
  readonly columns: readonly Column[]
}

export interface ExtensionMembership {
  readonly oid: Oid
  readonly name: string
  /** The extension declared the table's rows as configuration to be dumped (pg_extension_config_dump). */
  readonly configuration: boolean
  /** The WHERE clause of that declaration, '' for all rows. */
  readonly condition: string
}

export interface Column {
  readonly number: number
  readonly name: string
  /** Quoted where it must be. */
  readonly sqlName: string
  /** With schema where needed, and with the type modifier: `character varying(20)`, `shop."Grade"`. */
  readonly type: string
  /** The type of its values, beneath domains, or of an array's elements: `character varying(20)`. */
  readonly valueType: string
  /** An array, or a domain over one. */
  readonly isArray: boolean
  /** Characters that fit, where the type or its domain sets a bound. */
  readonly maxLength: number | null
  /** A cast to the type runs a function of a role that is not trusted: see sql/catalog/foreign_code.sql. */
  readonly castRunsForeignCode: boolean
  /** A cast from the type does, or what PostgreSQL computes of its values. */
  readonly readRunsForeignCode: boolean
  readonly notNull: boolean
  readonly identity: boolean
  /** It is the primary key or a part of it. */
  readonly primaryKey: boolean
  /** A sequence belongs to it: that of a serial or an identity column. */
  readonly ownsSequence: boolean
  /** The expression of a generated column, null for any other. */
  readonly generated: string | null
  readonly generatedByForeignCode: boolean
  /** Its text depends on search_path (regclass and its like, also inside an array, domain or composite). */
  readonly pathDependent: boolean
}

export interface Constraint {
  readonly oid: Oid
  readonly name: string
  readonly relation: Oid
  /** Numbers of the columns it speaks of; for a CHECK over the whole row, none. */
  readonly columns: readonly number[]
}

export interface CheckConstraint extends Constraint {
  /** As pg_get_expr prints it. */
  readonly expression: string
  readonly foreignCode: boolean
}

export interface ForeignKey extends Constraint {
  readonly references: Oid
  /** In the order of `columns`. */
  readonly referencedColumns: readonly number[]
  /** The operator that compares each pair of columns: `pg_catalog.=`. */
  readonly equalities: readonly string[]
  readonly matchFull: boolean
  /** Existing rows are known to satisfy it. */
  readonly validated: boolean
  /** For the copy of a key on a partition: the key it was made from. */
  readonly parent: Oid | null
}

export interface ExclusionConstraint extends Constraint {}

/** An index that is unique, or computes something of the row. */
export interface Index {
  readonly oid: Oid
  readonly name: string
  readonly relation: Oid
  readonly unique: boolean
  /** It has an expression or a predicate. */
  readonly computes: boolean
  readonly foreignCode: boolean
  /** Each key's SQL, in parentheses, with its collation where that decides what is equal. */
  readonly keys: readonly string[]
  /** Numbers of all columns that keys and predicate speak of. */
  readonly columns: readonly number[]
  readonly predicate: string | null
  readonly nullsNotDistinct: boolean
}

export interface SequenceState {
  readonly oid: Oid
  readonly lastValue: bigint
  readonly called: boolean
}

export interface Catalog {
  readonly server: Server
  /** All schemas but the system's. */
  readonly schemas: readonly string[]
  readonly relations: ReadonlyMap<Oid, Relation>
  readonly checks: readonly CheckConstraint[]
  readonly foreignKeys: readonly ForeignKey[]
  readonly exclusions: readonly ExclusionConstraint[]
  readonly indexes: readonly Index[]
  /** For each materialized view, the others that it reads, through any number of views. */
  readonly materializedViewReads: ReadonlyMap<Oid, readonly Oid[]>
}

/** pgveil's own functions and word lists: tools for making a copy, not a part of it. */
export const LIBRARY_SCHEMA = 'anon_funcs'

/** `schema.table`, for people: names may hold dots, so it tells no two relations apart. */
export function relationName(relation: { readonly schema: string; readonly name: string }): string {
  return `${relation.schema}.${relation.name}`
}

/** Tells relations apart by name, across databases; PostgreSQL has no NUL in a name. */
export function relationKey(relation: { readonly schema: string; readonly name: string }): string {
  return `${relation.schema}\0${relation.name}`
}

/** The relation, the partitioned tables above it from the nearest up, and those that it inherits from. */
export function ancestry(catalog: Catalog, relation: Relation): Relation[] {
  const known = new Map<Oid, Relation>()
  const visit = (next: Relation | undefined): void => {
    if (!next || known.has(next.oid)) return
    known.set(next.oid, next)
    for (const oid of next.inheritsFrom) visit(catalog.relations.get(oid))
  }
  for (const relative of lineage(catalog, relation)) visit(relative)
  return [...known.values()]
}

/** The relation and the partitioned tables above it, from the nearest up. */
export function lineage(catalog: Catalog, relation: Relation): Relation[] {
  const parent = relation.partitionOf === null ? undefined : catalog.relations.get(relation.partitionOf)
  return parent ? [relation, ...lineage(catalog, parent)] : [relation]
}
