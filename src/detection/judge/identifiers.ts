import type { Entity } from '../entities.ts'

/**
 * What the identifiers of sql/scan/identifiers_*.sql are. `alone` says what such values prove without a name: check
 * digits that random numbers seldom have, or a form of its own. The rest (an undashed SSN, which 88 % of nine random
 * digits are, a passport, a licence, a plate) only supports a name that says so.
 */
interface Identifier {
  readonly entity: Entity
  readonly alone: 'checksum' | 'form' | 'never'
}

const identifier = (entity: Entity, alone: Identifier['alone'] = 'checksum'): Identifier => ({
  entity,
  alone,
})

export const IDENTIFIERS: Readonly<Record<string, Identifier>> = {
  CARD: identifier('CREDIT_CARD'),
  IBAN: identifier('IBAN'),
  IMEI: identifier('IMEI'),
  VIN: identifier('VIN'),
  WALLET: identifier('CRYPTO_WALLET', 'form'),
  US_ABA: identifier('BANK_ACCOUNT', 'never'),
  US_SSN: identifier('NATIONAL_ID', 'never'),
  US_SSN_DASHED: identifier('NATIONAL_ID', 'form'),
  US_ITIN: identifier('TAX_ID', 'never'),
  US_NPI: identifier('HEALTH_ID'),
  US_MBI: identifier('HEALTH_ID', 'form'),
  UK_NHS: identifier('HEALTH_ID'),
  UK_NINO: identifier('NATIONAL_ID', 'form'),
  CA_SIN: identifier('NATIONAL_ID'),
  AU_TFN: identifier('TAX_ID'),
  NL_BSN: identifier('NATIONAL_ID'),
  PT_NIF: identifier('TAX_ID'),
  ES_NIF: identifier('NATIONAL_ID'),
  IT_CF: identifier('NATIONAL_ID'),
  DE_STEUERID: identifier('TAX_ID'),
  FR_NIR: identifier('NATIONAL_ID'),
  PL_PESEL: identifier('NATIONAL_ID'),
  SE_PNR: identifier('NATIONAL_ID'),
  NO_FNR: identifier('NATIONAL_ID'),
  FI_HETU: identifier('NATIONAL_ID'),
  IE_PPS: identifier('NATIONAL_ID'),
  BE_RRN: identifier('NATIONAL_ID'),
  CH_AHV: identifier('NATIONAL_ID'),
  RO_CNP: identifier('NATIONAL_ID'),
  HR_OIB: identifier('NATIONAL_ID'),
  TR_TCKN: identifier('NATIONAL_ID'),
  RU_SNILS: identifier('NATIONAL_ID'),
  RU_INN: identifier('TAX_ID'),
  UA_RNOKPP: identifier('TAX_ID'),
  BR_CPF: identifier('NATIONAL_ID'),
  AR_CUIT: identifier('TAX_ID'),
  CL_RUT: identifier('NATIONAL_ID'),
  MX_CURP: identifier('NATIONAL_ID'),
  IN_AADHAAR: identifier('NATIONAL_ID'),
  IN_PAN: identifier('TAX_ID', 'form'),
  CN_RIC: identifier('NATIONAL_ID'),
  KR_RRN: identifier('NATIONAL_ID'),
  JP_MYNUMBER: identifier('NATIONAL_ID'),
  SG_NRIC: identifier('NATIONAL_ID'),
  ZA_ID: identifier('NATIONAL_ID'),
  IPV6: identifier('IP_ADDRESS', 'form'),
  MAC: identifier('MAC_ADDRESS', 'form'),
  PASSWORD_HASH: identifier('PASSWORD', 'form'),
  API_KEY: identifier('SECRET', 'form'),
  HEX_DIGEST: identifier('SECRET', 'never'),
  ICD10: identifier('DIAGNOSIS', 'never'),
  PASSPORT: identifier('PASSPORT', 'never'),
  LICENCE: identifier('DRIVER_LICENCE', 'never'),
  PLATE: identifier('LICENCE_PLATE', 'never'),
}

/** Entities that values of some identifier can speak for. */
export const IDENTIFIED: ReadonlySet<Entity> = new Set(Object.values(IDENTIFIERS).map(({ entity }) => entity))
