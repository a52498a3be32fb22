import type { Entity } from '../entities.ts'

/** Phrases parted by commas. `first name` is found in `first_name`, `firstName` and `firstname` alike. */
export type Phrases = string

/** The words of one language in names of columns and tables. */
export interface Pack {
  /** Decides by itself, where the values do not speak against it. */
  readonly strong: Partial<Readonly<Record<Entity, Phrases>>>
  /** Needs the values, or the table, to agree. */
  readonly weak: Partial<Readonly<Record<Entity, Phrases>>>
  /** Who a row or a name can be about: customers, `employee_name`. */
  readonly people: Phrases
  /** What else it can be about: products, `file_name`. */
  readonly things: Phrases
  /** Beside a hint, these make the column speak about the data and not hold it: `email_verified`. */
  readonly about: Phrases
  /** The same at the beginning of a name alone: `number_of_phones`, but `passport_number`. */
  readonly quantities?: Phrases
  /** What no name of a person ends in: `employee_no`, `customer_details`. */
  readonly nameless: Phrases
}
