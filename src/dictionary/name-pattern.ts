/** How a dictionary names a schema or a table: by its exact name, or by a mask that many names can match. */
export type NamePattern = ExactName | NameMask

export interface ExactName {
  readonly kind: 'exact'
  readonly name: string
}

export interface NameMask {
  readonly kind: 'mask'
  /** As written; `*` alone matches every name. */
  readonly mask: string
  readonly expression: RegExp
}

export function exactName(name: string): ExactName {
  return { kind: 'exact', name }
}

/** A mask as a pattern; throws a SyntaxError where it is no regular expression. */
export function nameMask(mask: string): NameMask {
  return { kind: 'mask', mask, expression: mask === '*' ? /^/ : pythonPattern(mask) }
}

/** A mask is searched anywhere in the name, as Python's `re.search` does. */
export function matchesName(pattern: NamePattern, name: string): boolean {
  return pattern.kind === 'exact' ? pattern.name === name : pattern.expression.test(name)
}

export function describeName(pattern: NamePattern): string {
  return pattern.kind === 'exact' ? pattern.name : `/${pattern.mask}/`
}

/** The same names in both languages' syntax differ in few places; these are they. */
function pythonPattern(mask: string): RegExp {
  let flags = ''
  const body = mask
    .replace(/^\(\?([aimsuxL]+)\)/, (whole, letters: string) => {
      if (/[xL]/.test(letters)) return whole
      flags = [...new Set(letters.replaceAll(/[au]/g, ''))].join('')
      return ''
    })
    .replaceAll('(?P<', '(?<')
    .replaceAll(/\(\?P=(\w+)\)/g, '\\k<$1>')
    .replaceAll(/(?<!\\)((?:\\\\)*)\\A/g, '$1(?<![^])')
    .replaceAll(/(?<!\\)((?:\\\\)*)\\Z/g, '$1(?![^])')
  try {
    return new RegExp(body, `${flags}u`)
  } catch {
    // Unicode mode refuses harmless escapes such as \_ or \-, which Python allows.
    return new RegExp(body, flags)
  }
}
