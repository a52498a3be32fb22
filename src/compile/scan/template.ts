import type { SqlText } from '../../dictionary/shape.ts'
import { identifier, literal } from '../../lib/sql.ts'
import { readExpression } from '../expression.ts'

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

/** Parses a template as the rule that it makes. Throws `expression-syntax` or `expression-rejected` at its place. */
export async function checkTemplate(template: SqlText): Promise<void> {
  await readExpression({
    text: fillTemplate(template.text, 'column'),
    place: template.place,
    placeOf: () => template.place,
  })
}
