import { identifier, literal } from '../../lib/sql.ts'

/**
 * The expression that a meta-dictionary's template makes for a column: `%s` stands for its name, in double quotes or
 * without, and in single quotes for its name as a text. `%%` is a percent sign, as in Python.
 */
export function fillTemplate(template: string, column: string): string {
  return template.replaceAll(/%%|"%s"|'%s'|%s/g, (found) => {
    if (found === '%%') return '%'
    return found === "'%s'" ? literal(column).text : identifier(column).text
  })
}
