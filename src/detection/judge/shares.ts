import type { ValueCounts, WordCounts } from '../evidence/counts.ts'
import type { Evidence, Fit, Verdict } from './evidence.ts'

/** A share of the distinct values from which check digits, or a form, are no chance. */
export const STRONG = 0.6

export const open: Fit = { verdict: 'open', evidence: [] }
export const fits: Fit = { verdict: 'fits', evidence: [] }
export const contradiction: Fit = { verdict: 'contradicts', evidence: [] }

/** One value proves nothing about the next. */
export function several(values: ValueCounts): Verdict {
  return values.distinct >= 3 ? 'proves' : 'supports'
}

type CountOf<T> = { [K in keyof T]: T[K] extends number ? K : never }[keyof T] & string

export function share(values: ValueCounts, which: CountOf<ValueCounts>): number {
  return values.examined === 0 ? 0 : values[which] / values.examined
}

export function shareOfWords(
  values: ValueCounts,
  words: WordCounts | undefined,
  which: CountOf<WordCounts>,
): number {
  return words && values.examined > 0 ? words[which] / values.examined : 0
}

export function byForm(verdict: Verdict, values: ValueCounts, form: CountOf<ValueCounts>): Fit {
  return fitWith(verdict, { kind: 'values', form, hits: values[form], of: values.examined })
}

export function byShape(verdict: Verdict, values: ValueCounts, shape: CountOf<ValueCounts>): Fit {
  return fitWith(verdict, { kind: 'shape', shape, hits: values[shape], of: values.examined })
}

export function byWords(
  verdict: Verdict,
  values: ValueCounts,
  counts: WordCounts | undefined,
  words: CountOf<WordCounts>,
): Fit {
  return fitWith(verdict, { kind: 'vocabulary', words, hits: counts?.[words] ?? 0, of: values.examined })
}

export function fitWith(verdict: Verdict, evidence: Evidence): Fit {
  return { verdict, evidence: [evidence] }
}
