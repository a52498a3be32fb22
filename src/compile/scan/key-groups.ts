import { type Catalog, lineage, type Oid } from '../../catalog/model.ts'
import { keyOf, type TableColumn } from '../../catalog/table-column.ts'
import type { ColumnUse } from './propose.ts'

/**
 * Columns that foreign keys join, through any number of them: their values are the same, so that whatever masks one of
 * them masks all of them alike.
 */
export class KeyGroups {
  readonly #catalog: Catalog
  readonly #groups = new Map<string, TableColumn[]>()
  readonly #unique = new Set<string>()

  constructor(catalog: Catalog) {
    this.#catalog = catalog
    for (const key of catalog.foreignKeys) {
      for (const [at, number] of key.columns.entries()) {
        const [from, to] = [
          this.#find(key.relation, number),
          this.#find(key.references, key.referencedColumns[at] ?? 0),
        ]
        if (from && to) this.#join(from, to)
      }
    }
    for (const { relation, unique, columns } of catalog.indexes) {
      if (!unique) continue
      for (const number of columns) {
        const found = this.#find(relation, number)
        if (found) this.#unique.add(keyOf(found))
      }
    }
  }

  /** The column with all that it is joined with; those that are referenced come first. */
  of(member: TableColumn): readonly TableColumn[] {
    return this.#groups.get(keyOf(member)) ?? [member]
  }

  useOf(member: TableColumn): ColumnUse {
    const group = this.of(member)
    const bounds = group.flatMap(({ column }) => (column.maxLength === null ? [] : [column.maxLength]))
    return {
      distinct: group.length > 1 || this.#unique.has(keyOf(member)),
      maxLength: bounds.length > 0 ? Math.min(...bounds) : null,
    }
  }

  #join(from: TableColumn, to: TableColumn): void {
    const merged = new Map([...this.of(to), ...this.of(from)].map((member) => [keyOf(member), member]))
    for (const key of merged.keys()) this.#groups.set(key, [...merged.values()])
  }

  #find(oid: Oid, number: number): TableColumn | undefined {
    const relation = this.#catalog.relations.get(oid)
    const column = relation?.columns.find((candidate) => candidate.number === number)
    if (!relation || !column) return undefined
    const root = lineage(this.#catalog, relation).at(-1) ?? relation
    const same = root.columns.find(({ name }) => name === column.name)
    return same && { relation: root, column: same }
  }
}
