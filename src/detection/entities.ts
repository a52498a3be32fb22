/** What a column can hold, by the words of data protection. The order has no meaning. */

export type Category =
  | 'identity'
  | 'contact'
  | 'location'
  | 'demographic'
  | 'government-id'
  | 'financial'
  | 'health'
  | 'special'
  | 'credentials'
  | 'online'
  | 'device'
  | 'free-text'

/**
 * How an entity singles a person out: `direct` alone, `indirect` together with other columns, `secret` not at all, but
 * whoever has it gets in.
 */
export type Identification = 'direct' | 'indirect' | 'secret'

interface EntityFacts {
  readonly category: Category
  readonly identification: Identification
}

const direct = (category: Category): EntityFacts => ({ category, identification: 'direct' })
const indirect = (category: Category): EntityFacts => ({ category, identification: 'indirect' })
const secret = (category: Category): EntityFacts => ({ category, identification: 'secret' })

/** `special` and `health` are the special categories of GDPR, article 9. */
export const ENTITIES = {
  PERSON_NAME: direct('identity'),
  FIRST_NAME: direct('identity'),
  LAST_NAME: direct('identity'),
  PHOTO: direct('identity'),
  SIGNATURE: direct('identity'),
  EMAIL: direct('contact'),
  PHONE: direct('contact'),
  ADDRESS: direct('location'),
  STREET: direct('location'),
  POSTCODE: indirect('location'),
  CITY: indirect('location'),
  COUNTRY: indirect('location'),
  PLACE_OF_BIRTH: indirect('location'),
  GEO_COORDINATES: direct('location'),
  DATE_OF_BIRTH: direct('demographic'),
  AGE: indirect('demographic'),
  GENDER: indirect('demographic'),
  MARITAL_STATUS: indirect('demographic'),
  NATIONALITY: indirect('demographic'),
  LANGUAGE: indirect('demographic'),
  OCCUPATION: indirect('demographic'),
  NATIONAL_ID: direct('government-id'),
  TAX_ID: direct('government-id'),
  PASSPORT: direct('government-id'),
  DRIVER_LICENCE: direct('government-id'),
  LICENCE_PLATE: direct('government-id'),
  CREDIT_CARD: direct('financial'),
  CVV: secret('financial'),
  IBAN: direct('financial'),
  BANK_ACCOUNT: direct('financial'),
  CRYPTO_WALLET: direct('financial'),
  SALARY: indirect('financial'),
  DIAGNOSIS: indirect('health'),
  BLOOD_TYPE: indirect('health'),
  HEALTH_ID: direct('health'),
  DISABILITY: indirect('health'),
  RELIGION: indirect('special'),
  ETHNICITY: indirect('special'),
  SEXUAL_ORIENTATION: indirect('special'),
  POLITICAL_OPINION: indirect('special'),
  TRADE_UNION: indirect('special'),
  CRIMINAL_RECORD: indirect('special'),
  BIOMETRIC: direct('special'),
  PASSWORD: secret('credentials'),
  SECRET: secret('credentials'),
  USERNAME: direct('online'),
  IP_ADDRESS: direct('online'),
  PROFILE_URL: direct('online'),
  MAC_ADDRESS: direct('device'),
  IMEI: direct('device'),
  VIN: direct('device'),
  FREE_TEXT: direct('free-text'),
  DOCUMENT: direct('free-text'),
} as const satisfies Record<string, EntityFacts>

export type Entity = keyof typeof ENTITIES

export function categoryOf(entity: Entity): Category {
  return ENTITIES[entity].category
}
