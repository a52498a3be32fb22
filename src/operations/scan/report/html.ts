import type { ReportedColumn, ReportedTable, ScanReport } from '../../../dictionary/scan-report.ts'

/** The report as one HTML page that needs no other file and no network. */
export function reportPage(report: ScanReport): string {
  const columns = report.tables.flatMap((table) => table.columns)
  const sensitive = columns.filter(isSensitive)
  const schemas = Map.groupBy(report.tables, ({ schema }) => schema)
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Personal data in ${escaped(report.database)}</title>
<style>${STYLE}</style>
<h1>Personal data in ${escaped(report.database)}</h1>
<p>${report.createdAt.replace('T', ' ').replace(/\.\d+Z$/, ' UTC')}, ${scope(report)}.
${sensitive.length} of ${columns.length} columns in ${report.tables.length} tables hold personal data. The page holds names
and counts, and no value of the database.</p>
${categoryTable(sensitive)}
${notScanned(report)}
${[...schemas].map(([schema, tables]) => schemaSection(schema, tables)).join('\n')}
</html>
`
}

const STYLE = `
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
body { max-width: 75rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; margin: 0.5rem 0 1.5rem; }
th, td { text-align: left; vertical-align: top; padding: 0.25rem 0.75rem 0.25rem 0; border-bottom: 1px solid #8884; }
code { font: 13px/1.4 ui-monospace, monospace; overflow-wrap: anywhere; }
tr.sensitive td:first-child { border-left: 3px solid #c2410c; padding-left: 0.5rem; }
tr.not-scanned td:first-child { border-left: 3px solid #a16207; padding-left: 0.5rem; }
tr.harmless, tr.passed-over { opacity: 0.65; }
`

function scope({ mode, rows }: ScanReport): string {
  return mode === 'full' ? 'all rows' : `the first ${rows} values of each column, or a sample of the rows`
}

function categoryTable(sensitive: readonly ReportedColumn[]): string {
  if (sensitive.length === 0) return ''
  const byCategory = [...Map.groupBy(sensitive, categoryOf)].toSorted(
    ([, left], [, right]) => right.length - left.length,
  )
  const rows = byCategory.map(([category, columns]) => {
    const entities = Map.groupBy(columns, ({ entity }) => entity ?? 'by a dictionary')
    const counted = [...entities].map(([entity, of]) => `${escaped(entity)} ${of.length}`).join(', ')
    return `<tr><td>${escaped(category)}<td>${columns.length}<td>${counted}`
  })
  return `<h2>By category</h2>
<table><tr><th>category<th>columns<th>of them
${rows.join('\n')}</table>`
}

function notScanned({ tables }: ScanReport): string {
  const missed = tables.flatMap((table) =>
    table.columns
      .filter(({ status }) => status === 'not-scanned')
      .map(({ name }) => `${table.schema}.${table.table}.${name}`),
  )
  if (missed.length === 0) return ''
  return `<h2>Not scanned</h2><p>${missed.map((name) => `<code>${escaped(name)}</code>`).join(', ')}</p>`
}

function schemaSection(schema: string, tables: readonly ReportedTable[]): string {
  return `<h2>Schema ${escaped(schema)}</h2>\n${tables.map(tableSection).join('\n')}`
}

function tableSection({ table, estimatedRows, columns }: ReportedTable): string {
  const found = columns.filter(isSensitive).length
  const rows = estimatedRows < 0 ? '' : `, about ${Math.round(estimatedRows)} rows`
  return `<h3>${escaped(table)}</h3>
<p>${found} of ${columns.length} columns${rows}.</p>
<table><tr><th>column<th>type<th>what<th>confidence<th>why<th>what will be done
${columns.map(columnRow).join('\n')}</table>`
}

function columnRow({ name, type, status, entity, confidence, evidence, rule }: ReportedColumn): string {
  const what =
    status === 'sensitive' ? (entity ?? 'sensitive') : status === 'harmless' && entity ? `${entity}?` : status
  return `<tr class="${status}"><td>${escaped(name)}<td><code>${escaped(type)}</code><td>${escaped(what)}
<td>${confidence === null ? '' : confidence.toFixed(2)}<td>${evidence.map(({ text }) => escaped(text)).join('<br>')}
<td>${rule === null ? '' : `<code>${escaped(rule)}</code>`}`
}

function isSensitive({ status }: ReportedColumn): boolean {
  return status === 'sensitive'
}

function categoryOf({ category }: ReportedColumn): string {
  return category ?? 'named by a dictionary'
}

function escaped(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  }
  return text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? '')
}
