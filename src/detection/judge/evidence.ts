import type { Entity } from '../entities.ts'

/**
 * Why a column was judged as it was; never a value. `hits` are distinct values, `of` the distinct values that were
 * examined.
 */
export type Evidence =
  | { readonly kind: 'name'; readonly token: string; readonly strength: 'strong' | 'weak' }
  | { readonly kind: 'values'; readonly form: string; readonly hits: number; readonly of: number }
  | { readonly kind: 'checksum'; readonly form: string; readonly hits: number; readonly of: number }
  | { readonly kind: 'vocabulary'; readonly words: string; readonly hits: number; readonly of: number }
  | { readonly kind: 'shape'; readonly shape: string; readonly hits: number; readonly of: number }
  | { readonly kind: 'inside'; readonly entity: Entity; readonly hits: number; readonly of: number }
  | { readonly kind: 'keys'; readonly entity: Entity; readonly token: string; readonly rows: number }
  | { readonly kind: 'type'; readonly type: string }
  /** There are no values yet. */
  | { readonly kind: 'empty' }
  | {
      readonly kind: 'context'
      readonly from: 'table' | 'siblings' | 'name'
      readonly says: 'person' | 'thing'
    }

/**
 * What values say to an entity. `proves`: they are it, whatever the name. `supports`: with a name they are. `fits`: they
 * could be. `open`: nothing was asked, or there are none. `contradicts`: they are not.
 */
export type Verdict = 'proves' | 'supports' | 'fits' | 'open' | 'contradicts'

export interface Fit {
  readonly verdict: Verdict
  readonly evidence: readonly Evidence[]
}
