import { Fault } from '../../lib/fault.ts'
import { EndsEarly, TocBuffer, TocBytes } from './bytes.ts'

/** The table of contents of an archive that pg_dump wrote or that pg_restore is to read. */
export interface Toc {
  readonly header: TocHeader
  readonly entries: readonly TocEntry[]
}

export interface TocHeader {
  /** Archive version: 1.14 by PostgreSQL 12 to 15, 1.15 by 16, 1.16 by 17 and 18. */
  readonly version: { readonly major: number; readonly minor: number; readonly revision: number }
  readonly intSize: number
  readonly offsetSize: number
  /** As the file says it: `custom`, or `directory` for a toc.dat (whose byte says "tar", as pg_dump writes it). */
  readonly format: 'custom' | 'directory'
  /** Up to 1.14 a level (-1 for zlib's default), from 1.15 an algorithm: 0 none, 1 gzip, 2 lz4, 3 zstd. */
  readonly compression: number
  /** Seconds, minutes, hours, day, month from 0, year from 1900, daylight saving: a struct tm. */
  readonly createdAt: readonly number[]
  readonly database: string | null
  readonly serverVersion: string | null
  readonly dumpVersion: string | null
}

export const Section = { none: 1, preData: 2, data: 3, postData: 4 } as const
export type Section = (typeof Section)[keyof typeof Section]

/** Schema and name of what an entry makes or fills, where that is a relation. */
export function relationOfEntry({ schema, tag }: TocEntry): { schema: string; name: string } {
  return { schema: schema ?? '', name: tag ?? '' }
}

export interface TocEntry {
  readonly dumpId: number
  /** Whether a data file belongs to the entry. */
  readonly hadDumper: boolean
  /** Oid of the catalog that the object is in; '0' for data. */
  readonly catalogOid: string
  readonly oid: string
  /** The object's name, unquoted. */
  readonly tag: string | null
  readonly description: string
  readonly section: number
  readonly definition: string | null
  readonly dropStatement: string | null
  readonly copyStatement: string | null
  readonly schema: string | null
  readonly tablespace: string | null
  readonly accessMethod: string | null
  /** From 1.16: the relkind as a character's code, 0 where the entry is no relation. */
  readonly relationKind: number
  readonly owner: string | null
  readonly withOids: string | null
  /** Dump ids. Some may be of objects that are not in the archive. */
  readonly dependencies: readonly number[]
  readonly extra: TocExtra
}

/** `TABLE public.t`, for people. */
export function describeEntry({
  description,
  schema,
  tag,
}: Pick<TocEntry, 'description' | 'schema' | 'tag'>): string {
  return `${description} ${[schema, tag].filter(Boolean).join('.')}`
}

/** In a directory the data file's name ('' where there is none), in a custom archive the position of the data. */
export type TocExtra =
  | { readonly kind: 'file'; readonly name: string }
  | { readonly kind: 'position'; readonly state: number; readonly offset: Uint8Array }

const MAGIC = 'PGDMP'
const FORMAT_CODES = { custom: 1, directory: 3 } as const

/** Oldest and newest minor of archive version 1 that is understood here. */
const OLDEST_MINOR = 14
const NEWEST_MINOR = 16

/** Reads a toc.dat, or the head of a custom archive. Throws `archive-format`. */
export function readToc(file: Uint8Array): Toc {
  return parseToc(new TocBytes(file))
}

/**
 * Reads the table of contents from the first bytes of a custom archive, and says how many it takes; undefined where more
 * are needed. Throws `archive-format`.
 */
export function readHead(begin: Uint8Array): { readonly toc: Toc; readonly length: number } | undefined {
  const bytes = new TocBytes(begin)
  try {
    const toc = parseToc(bytes)
    return { toc, length: bytes.position }
  } catch (error) {
    if (error instanceof EndsEarly) return undefined
    throw error
  }
}

function parseToc(bytes: TocBytes): Toc {
  if (new TextDecoder('latin1').decode(bytes.raw(MAGIC.length)) !== MAGIC) {
    throw new Fault('archive-format', 'This is not an archive of pg_dump.')
  }
  const version = { major: bytes.byte(), minor: bytes.byte(), revision: bytes.byte() }
  if (version.major !== 1 || version.minor < OLDEST_MINOR || version.minor > NEWEST_MINOR) {
    throw new Fault(
      'archive-format',
      `Archive version ${version.major}.${version.minor} is not understood.`,
      {
        remedy: `Versions 1.${OLDEST_MINOR} to 1.${NEWEST_MINOR} are: those of PostgreSQL 12 to 18.`,
      },
    )
  }
  const intSize = bytes.byte()
  bytes.intSize = intSize
  const offsetSize = bytes.byte()
  const format = formatOf(bytes.byte())
  const header: TocHeader = {
    version,
    intSize,
    offsetSize,
    format,
    compression: version.minor >= 15 ? bytes.byte() : bytes.int(),
    createdAt: Array.from({ length: 7 }, () => bytes.int()),
    database: bytes.string(),
    serverVersion: bytes.string(),
    dumpVersion: bytes.string(),
  }
  const count = bytes.int()
  const entries: TocEntry[] = []
  for (let index = 0; index < count; index++) entries.push(readEntry(bytes, header))
  return { header, entries }
}

function formatOf(code: number): TocHeader['format'] {
  if (code === FORMAT_CODES.custom) return 'custom'
  if (code === FORMAT_CODES.directory) return 'directory'
  throw new Fault('archive-format', `Archives of format ${code} are not read here.`, {
    remedy: 'A directory archive (pg_dump -Fd) is.',
  })
}

function readEntry(bytes: TocBytes, header: TocHeader): TocEntry {
  return {
    dumpId: bytes.int(),
    hadDumper: bytes.int() !== 0,
    catalogOid: bytes.string() ?? '0',
    oid: bytes.string() ?? '0',
    tag: bytes.string(),
    description: bytes.string() ?? '',
    section: bytes.int(),
    definition: bytes.string(),
    dropStatement: bytes.string(),
    copyStatement: bytes.string(),
    schema: bytes.string(),
    tablespace: bytes.string(),
    accessMethod: bytes.string(),
    relationKind: header.version.minor >= 16 ? bytes.int() : 0,
    owner: bytes.string(),
    withOids: bytes.string(),
    dependencies: readDependencies(bytes),
    extra: readExtra(bytes, header),
  }
}

function readDependencies(bytes: TocBytes): number[] {
  const dependencies: number[] = []
  for (let next = bytes.string(); next !== null; next = bytes.string()) dependencies.push(Number(next))
  return dependencies
}

function readExtra(bytes: TocBytes, header: TocHeader): TocExtra {
  if (header.format === 'directory') return { kind: 'file', name: bytes.string() ?? '' }
  return { kind: 'position', state: bytes.byte(), offset: bytes.raw(header.offsetSize).slice() }
}

/** Writes a table of contents; what `readToc` has read comes out byte for byte. */
export function writeToc({ header, entries }: Toc): Uint8Array {
  const bytes = new TocBuffer(header.intSize)
  bytes.raw(new TextEncoder().encode(MAGIC))
  bytes.byte(header.version.major)
  bytes.byte(header.version.minor)
  bytes.byte(header.version.revision)
  bytes.byte(header.intSize)
  bytes.byte(header.offsetSize)
  bytes.byte(FORMAT_CODES[header.format])
  if (header.version.minor >= 15) bytes.byte(header.compression)
  else bytes.int(header.compression)
  for (const part of header.createdAt) bytes.int(part)
  bytes.string(header.database)
  bytes.string(header.serverVersion)
  bytes.string(header.dumpVersion)
  bytes.int(entries.length)
  for (const entry of entries) writeEntry(bytes, header, entry)
  return bytes.finish()
}

function writeEntry(bytes: TocBuffer, header: TocHeader, entry: TocEntry): void {
  bytes.int(entry.dumpId)
  bytes.int(entry.hadDumper ? 1 : 0)
  bytes.string(entry.catalogOid)
  bytes.string(entry.oid)
  bytes.string(entry.tag)
  bytes.string(entry.description)
  bytes.int(entry.section)
  bytes.string(entry.definition)
  bytes.string(entry.dropStatement)
  bytes.string(entry.copyStatement)
  bytes.string(entry.schema)
  bytes.string(entry.tablespace)
  bytes.string(entry.accessMethod)
  if (header.version.minor >= 16) bytes.int(entry.relationKind)
  bytes.string(entry.owner)
  bytes.string(entry.withOids)
  for (const dependency of entry.dependencies) bytes.string(String(dependency))
  bytes.string(null)
  if (entry.extra.kind === 'file') {
    bytes.string(entry.extra.name)
  } else {
    bytes.byte(entry.extra.state)
    bytes.raw(entry.extra.offset)
  }
}

/** The table of contents of a directory archive with the entries of a custom one that holds no data. */
export function asDirectory(toc: Toc): Toc {
  return {
    header: { ...toc.header, format: 'directory' },
    entries: toc.entries.map((entry) => ({ ...entry, extra: { kind: 'file', name: '' } })),
  }
}
