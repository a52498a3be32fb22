import type { Toc, TocEntry } from './toc.ts'

/**
 * What a schema-only dump can still give away is taken out here: subscriptions (their connection strings), statistics
 * (most-common values are raw data), large objects, and secrets in the options of foreign servers, user mappings and
 * foreign tables and in the settings of the database.
 */
export function guardStructure(toc: Toc): { toc: Toc; guarded: readonly string[] } {
  const guarded: string[] = []
  const entries: TocEntry[] = []
  for (const entry of toc.entries) {
    if (NEVER.has(entry.description)) {
      guarded.push(`${entry.description} ${entry.tag ?? ''} was left out.`)
      continue
    }
    const safe = withoutSecrets(entry)
    if (safe !== entry) guarded.push(`Secrets were taken out of ${entry.description} ${entry.tag ?? ''}.`)
    entries.push(safe)
  }
  return { toc: { ...toc, entries }, guarded }
}

/** A schema-only dump holds none of the raw data entries; should one ever come, it does not get through. */
const NEVER = new Set([
  'SUBSCRIPTION',
  'SUBSCRIPTION TABLE',
  'STATISTICS DATA',
  'TABLE DATA',
  'BLOB',
  'BLOBS',
  'BLOB METADATA',
])

const WITH_OPTIONS = new Set(['FOREIGN DATA WRAPPER', 'SERVER', 'USER MAPPING', 'FOREIGN TABLE'])
const WITH_SETTINGS = new Set(['DATABASE PROPERTIES'])

/** Names of options and settings that hold secrets; those of pgveil's function library hold its salt. */
const SECRET_NAME =
  /pass|pwd|secret|token|credential|salt|(api|access|account|encryption|private|shared|ssl)_?key|^anon_funcs\./i

/** The only options of a user mapping that are known to hold no secret. */
const HARMLESS_IN_USER_MAPPING = /^(user|username|user_name|password_required)$/i

function withoutSecrets(entry: TocEntry): TocEntry {
  if (entry.definition === null) return entry
  let definition = entry.definition
  if (WITH_OPTIONS.has(entry.description)) {
    const isSecret =
      entry.description === 'USER MAPPING'
        ? (name: string) => !HARMLESS_IN_USER_MAPPING.test(name)
        : (name: string) => SECRET_NAME.test(name)
    definition = withoutOptions(definition, isSecret)
  }
  if (WITH_SETTINGS.has(entry.description)) definition = withoutSettings(definition)
  return definition === entry.definition ? entry : { ...entry, definition }
}

const NAME = String.raw`("(?:[^"]|"")*"|[^\s"',()]+)`
const VALUE = String.raw`E?'(?:[^'\\]|''|\\.)*'`
const OPTION = new RegExp(String.raw`${NAME}\s+(${VALUE})`, 'g')
const OPTIONS = new RegExp(
  String.raw`\s*\bOPTIONS \(\s*(${NAME}\s+${VALUE}(?:\s*,\s*${NAME}\s+${VALUE})*)\s*\)`,
  'g',
)

/** Drops secret pairs from every `OPTIONS (name 'value', …)`; an empty list goes altogether. */
function withoutOptions(definition: string, isSecret: (name: string) => boolean): string {
  const shorter = definition.replaceAll(OPTIONS, (clause, list: string) => {
    const pairs = [...list.matchAll(OPTION)]
    const kept = pairs.filter(([, name = '']) => !isSecret(unquote(name)))
    if (kept.length === pairs.length) return clause
    return kept.length === 0 ? '' : ` OPTIONS (\n    ${kept.map(([pair]) => pair).join(',\n    ')}\n)`
  })
  return shorter.replaceAll(ALTER_OF_NOTHING, '')
}

/** What is left of the statement that sets a foreign table's column options when all of them were secret. */
const ALTER_OF_NOTHING = new RegExp(
  String.raw`ALTER FOREIGN TABLE (?:ONLY )?${NAME}(?:\.${NAME})? ALTER COLUMN ${NAME}\s*;\n?`,
  'g',
)

const SETTING = new RegExp(
  String.raw`ALTER (?:DATABASE|ROLE) (?:"(?:[^"]|"")*"|[^"';])*? SET ${NAME} TO (?:${VALUE}|[^';])*;\n?`,
  'g',
)

function withoutSettings(definition: string): string {
  return definition.replaceAll(SETTING, (statement, name: string) =>
    SECRET_NAME.test(unquote(name)) ? '' : statement,
  )
}

function unquote(name: string): string {
  return name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name
}
