/** On which page a row comes to stand depends on the chunks in which COPY gets it: the rows of each table, in order. */
export function sortedRows(text: string): string {
  return text.replaceAll(
    /^(COPY .* FROM stdin;\n)([\s\S]*?)^\\\.$/gm,
    (_, head: string, rows: string) => head + rows.split('\n').sort().join('\n'),
  )
}
