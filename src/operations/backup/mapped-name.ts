/** What a database of a backup is called on a target: it keeps its name where the mapping has none for it. */
export function mappedName(mapping: Readonly<Record<string, string>>, name: string): string {
  // A database may be called "constructor", which every object answers to.
  return (Object.hasOwn(mapping, name) ? mapping[name] : undefined) ?? name
}
