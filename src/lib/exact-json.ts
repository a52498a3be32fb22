type Reviver = (key: string, value: unknown) => unknown

/**
 * Reads JSON so that JSON.stringify gives numbers back as they were written: 12345678901234567890 and 1.0 are others once
 * they have been numbers of ours.
 */
export function parseExactly(text: string): unknown {
  return JSON.parse(text, asWritten as Reviver)
}

/** By ECMAScript's "JSON.parse source text access", which TypeScript does not know yet. */
function asWritten(_: string, value: unknown, { source }: { readonly source?: string }): unknown {
  if (typeof value !== 'number' || source === undefined || source === String(value)) return value
  return (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(source)
}
