import type { Entity } from '../entities.ts'
import type { Pack, Phrases } from './pack.ts'
import { de } from './packs/de.ts'
import { en } from './packs/en.ts'
import { es } from './packs/es.ts'
import { fr } from './packs/fr.ts'
import { it } from './packs/it.ts'
import { ja } from './packs/ja.ts'
import { ko } from './packs/ko.ts'
import { nl } from './packs/nl.ts'
import { pl } from './packs/pl.ts'
import { pt } from './packs/pt.ts'
import { ru } from './packs/ru.ts'
import { tr } from './packs/tr.ts'
import { uk } from './packs/uk.ts'
import { zh } from './packs/zh.ts'
import { foldWord } from './tokens.ts'

const PACKS: readonly Pack[] = [en, de, es, fr, it, pt, nl, pl, tr, ru, uk, zh, ja, ko]

export type Strength = 'strong' | 'weak'

/** Phrases glued together (`firstname`), with what each hints at. */
export const HINTS = new Map<string, Map<Entity, Strength>>()
export const PEOPLE = new Set<string>()
export const THINGS = new Set<string>()
export const ABOUT = new Set<string>()
export const QUANTITIES = new Set<string>()
export const NAMELESS = new Set<string>()

/** Words of a phrase at most; `mobile phone number` has three. */
export const MOST_WORDS = 4

for (const pack of PACKS) {
  // Weak first, so that a phrase that is both is strong.
  for (const strength of ['weak', 'strong'] as const) {
    for (const [entity, phrases] of Object.entries(pack[strength])) {
      for (const phrase of glued(phrases)) {
        const hints = HINTS.get(phrase) ?? new Map<Entity, Strength>()
        if (hints.get(entity as Entity) !== 'strong') {
          hints.set(entity as Entity, pack !== en && isShort(phrase) ? 'weak' : strength)
        }
        HINTS.set(phrase, hints)
      }
    }
  }
  for (const word of glued(pack.people)) PEOPLE.add(word)
  for (const word of glued(pack.things)) THINGS.add(word)
  for (const word of glued(pack.about)) ABOUT.add(word)
  for (const word of glued(pack.quantities ?? '')) QUANTITIES.add(word)
  for (const word of glued(pack.nameless)) NAMELESS.add(word)
}

/** Three Latin letters mean something in every language: `cap` is a postcode in one and a bound in another. */
function isShort(phrase: string): boolean {
  return /^[a-z]{1,3}$/.test(phrase)
}

/** Every word of the packs by itself, and every phrase glued; in a fixed order. */
export function knownWords(): string[] {
  const words = PACKS.flatMap((pack) =>
    [pack.strong, pack.weak]
      .flatMap((part) => Object.values(part))
      .flatMap((phrases) => phrases.split(/[\s,]+/)),
  )
  const all = [...words.map(foldWord), ...HINTS.keys(), ...PEOPLE, ...THINGS, ...ABOUT]
  return [...new Set(all.filter((word) => word !== ''))].toSorted()
}

function glued(phrases: Phrases): string[] {
  return phrases
    .split(',')
    .map((phrase) => phrase.trim().split(/\s+/).map(foldWord).join(''))
    .filter((phrase) => phrase !== '')
}
