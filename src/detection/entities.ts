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

/** `special` and `health` are the special categories of GDPR, article 9. */
export const ENTITIES = {
  PERSON_NAME: 'identity',
  FIRST_NAME: 'identity',
  LAST_NAME: 'identity',
  PHOTO: 'identity',
  SIGNATURE: 'identity',
  EMAIL: 'contact',
  PHONE: 'contact',
  ADDRESS: 'location',
  STREET: 'location',
  POSTCODE: 'location',
  CITY: 'location',
  COUNTRY: 'location',
  PLACE_OF_BIRTH: 'location',
  GEO_COORDINATES: 'location',
  DATE_OF_BIRTH: 'demographic',
  DATE_OF_DEATH: 'demographic',
  AGE: 'demographic',
  GENDER: 'demographic',
  MARITAL_STATUS: 'demographic',
  NATIONALITY: 'demographic',
  LANGUAGE: 'demographic',
  OCCUPATION: 'demographic',
  NATIONAL_ID: 'government-id',
  TAX_ID: 'government-id',
  PASSPORT: 'government-id',
  DRIVER_LICENCE: 'government-id',
  LICENCE_PLATE: 'government-id',
  CREDIT_CARD: 'financial',
  CVV: 'financial',
  IBAN: 'financial',
  BANK_ACCOUNT: 'financial',
  CRYPTO_WALLET: 'financial',
  SALARY: 'financial',
  DIAGNOSIS: 'health',
  BLOOD_TYPE: 'health',
  HEALTH_ID: 'health',
  DISABILITY: 'health',
  RELIGION: 'special',
  ETHNICITY: 'special',
  SEXUAL_ORIENTATION: 'special',
  POLITICAL_OPINION: 'special',
  TRADE_UNION: 'special',
  CRIMINAL_RECORD: 'special',
  BIOMETRIC: 'special',
  PASSWORD: 'credentials',
  SECRET: 'credentials',
  USERNAME: 'online',
  IP_ADDRESS: 'online',
  PROFILE_URL: 'online',
  MAC_ADDRESS: 'device',
  IMEI: 'device',
  VIN: 'device',
  FREE_TEXT: 'free-text',
  DOCUMENT: 'free-text',
} as const satisfies Readonly<Record<string, Category>>

export type Entity = keyof typeof ENTITIES

export function categoryOf(entity: Entity): Category {
  return ENTITIES[entity]
}

/** Names of persons, whole or in part. */
export function isName(entity: Entity): boolean {
  return entity === 'PERSON_NAME' || entity === 'FIRST_NAME' || entity === 'LAST_NAME'
}
