import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { IDENTIFIERS } from '../../src/detection/judge/identifiers.ts'
import { TestDatabase } from '../server/database.ts'
import { detect, evidenceOf, likely, many, prepare } from './inspected.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await TestDatabase.create()
  await prepare(database)
})
afterAll(async () => {
  await database[Symbol.asyncDispose]()
})

/** Numbers made of the definitions: published examples, or digits in a row with their check digits. Nobody's. */
const CHECKED: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  [
    'CARD',
    ['4111 1111 1111 1111', '378282246310005', '5555-5555-5555-4444', '30569309025904'],
    ['4111111111111112', '378282246310006'],
  ],
  ['IMEI', ['490154203237518', '49-015420-323751-8'], ['490154203237519']],
  [
    'IBAN',
    ['GB82 WEST 1234 5698 7654 32', 'DE89370400440532013000', 'no9386011117947'],
    ['GB82WEST12345698765433'],
  ],
  ['VIN', ['1HGCM82633A004352', '1M8GDM9AXKP042788'], ['1HGCM82633A004353', '1M8GDM9A1KP042788']],
  ['US_ABA', ['021000021'], ['021000022']],
  ['US_NPI', ['1234567893'], ['1234567890']],
  ['UK_NHS', ['943 476 5919'], ['9434765918']],
  ['CA_SIN', ['130 692 544'], ['130692545']],
  ['AU_TFN', ['123 456 782'], ['123456783']],
  ['NL_BSN', ['111222333', '123456782'], ['111222334']],
  ['PT_NIF', ['123456789'], ['123456788']],
  ['ES_NIF', ['12345678Z', 'X1234567L', '12345678-z'], ['12345678A']],
  ['IT_CF', ['RSSMRA85T10A562S', 'rssmra85t10a562s'], ['RSSMRA85T10A562T']],
  ['DE_STEUERID', ['86095742719', '86 095 742 719'], ['86095742718']],
  ['FR_NIR', ['2 55 08 14 168 025 38'], ['255081416802539']],
  ['PL_PESEL', ['44051401359', '02251512349'], ['44051401358']],
  ['SE_PNR', ['811228-9874', '198112289874'], ['811228-9875']],
  ['NO_FNR', ['01019012057', '01019012480'], ['01019012058']],
  ['FI_HETU', ['131052-308T'], ['131052-308U']],
  ['IE_PPS', ['1234567T', '1234567FA'], ['1234567U']],
  ['BE_RRN', ['85.07.30-033.28', '00073003318'], ['85073003329']],
  ['CH_AHV', ['756.9217.0769.85'], ['7569217076986']],
  ['RO_CNP', ['1800101221144'], ['1800101221145']],
  ['HR_OIB', ['69435151530'], ['69435151531']],
  ['TR_TCKN', ['10000000146'], ['10000000147']],
  ['RU_SNILS', ['112-233-445 95'], ['11223344596']],
  ['RU_INN', ['500100732259'], ['500100732258']],
  ['UA_RNOKPP', ['3123456789'], ['3123456788']],
  ['BR_CPF', ['529.982.247-25'], ['529.982.247-26', '111.111.111-11']],
  ['AR_CUIT', ['20-12345678-6'], ['20123456787']],
  ['CL_RUT', ['12.345.678-5', '7654321-6'], ['12345678-4']],
  ['MX_CURP', ['XEXX010101HNEXXXA4'], ['XEXX010101HNEXXXA5']],
  ['IN_AADHAAR', ['2341 2341 2346'], ['234123412347']],
  ['CN_RIC', ['11010519491231002X', '11010519491231002x'], ['110105194912310021']],
  ['KR_RRN', ['900101-1234568'], ['9001011234567']],
  ['JP_MYNUMBER', ['1234 5678 9018'], ['123456789019']],
  ['SG_NRIC', ['S1234567D', 'T1234567J', 'G1234567X', 'M1234567X'], ['S1234567E']],
  ['ZA_ID', ['8001015009087'], ['8001015009088']],
]

const FORMS: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  [
    'US_SSN_DASHED',
    ['219-09-9999', '219 09 9999'],
    ['666-12-3456', '900-12-3456', '123-00-4567', '219099999'],
  ],
  ['US_SSN', ['219099999'], ['21909999']],
  ['US_ITIN', ['912-70-1234'], ['912-49-1234']],
  ['US_MBI', ['1EG4-TE5-MK73'], ['1SG4-TE5-MK73']],
  ['UK_NINO', ['AB 12 34 56 C'], ['BG123456C', 'AB123456E']],
  ['IN_PAN', ['ABCPE1234F'], ['ABCXE1234F']],
  [
    'WALLET',
    ['1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2', '0x52908400098527886E0F7030069857D2E4169EE7'],
    ['1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN0'],
  ],
  ['PASSPORT', ['C01X00T47', 'AB1234567'], ['AB-12']],
  ['PLATE', ['B-AB 1234', 'AB12 CDE', '1234 BCD'], ['ABCDEFGH1']],
  ['IPV6', ['2001:db8::1', 'fe80::1'], ['12:30:45']],
  ['MAC', ['00:1B:44:11:3a:B7'], ['00:1B:44:11:3a:G7']],
  [
    'PASSWORD_HASH',
    [
      '$2b$12$abcdefghijklmnopqrstuv',
      'pbkdf2_sha256$1000$aa$bb',
      '$argon2id$v=19$m=65536,t=3',
      '{SSHA}abcdefghijklmnopqrst1==',
    ],
    ['$9.99 abcdefghijklmnopqrstuv', '{"a": "bbbbbbbbbbbbbbbbbbb1"}'],
  ],
  ['API_KEY', ['AKIAIOSFODNN7EXAMPLE', 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.x'], ['AKIA1']],
  ['HEX_DIGEST', ['d41d8cd98f00b204e9800998ecf8427e'], ['d41d8cd98f00b204e9800998ecf8427']],
  ['ICD10', ['E11.9', 'F32'], ['U9', 'E1']],
  ['LICENCE', ['D1234567'], ['D12']],
]

async function counts(value: string, identifier: string) {
  const evidence = await evidenceOf(database, { code: { values: [value] } })
  return evidence.get(1)?.identifiers?.get(identifier) ?? { form: 0, checksum: 0 }
}

describe('check digits', () => {
  test.each(CHECKED)('%s', async (identifier, right, wrong) => {
    for (const value of right) expect([value, (await counts(value, identifier)).checksum]).toEqual([value, 1])
    for (const value of wrong) expect([value, (await counts(value, identifier)).checksum]).toEqual([value, 0])
  })
})

describe('forms', () => {
  test.each(FORMS)('%s', async (identifier, right, wrong) => {
    for (const value of right) expect([value, (await counts(value, identifier)).form]).toEqual([value, 1])
    for (const value of wrong) expect([value, (await counts(value, identifier)).form]).toEqual([value, 0])
  })
})

test('every identifier is tested', () => {
  expect([...CHECKED, ...FORMS].map(([name]) => name).sort()).toEqual(Object.keys(IDENTIFIERS).sort())
})

/** Digits that look random and are the same in every run. */
function digits(count: number, seed: number): string {
  let state = seed * 2654435761 + 12345
  return Array.from({ length: count }, () => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff
    return String((state >> 16) % 10)
  }).join('')
}

test.each([8, 9, 10, 11, 12, 13, 15, 16, 18])('random numbers of %d digits are nobody’s', async (length) => {
  const values = many(400, (number) => digits(length, number + 1))
  expect(likely(await detect(database, 'measurements', { reading: { values } }))).toEqual({})
})

test('random numbers under a name are, for a person to look at, what the name says', async () => {
  const values = many(100, (number) => digits(9, number + 1))
  const detections = await detect(database, 'people', { ssn: { values }, reading: { values } })
  expect(likely(detections)).toEqual({ ssn: 'NATIONAL_ID' })
  expect(detections.get('ssn')?.confidence).toBeLessThan(0.9)
})

test('check digits prove without a name, and say by how many values and which definition', async () => {
  const luhn = (body: string) => {
    const sum = [...body].reverse().reduce((total, digit, at) => {
      const doubled = at % 2 === 0 ? Number(digit) * 2 : Number(digit)
      return total + (doubled > 9 ? doubled - 9 : doubled)
    }, 0)
    return body + String((10 - (sum % 10)) % 10)
  }
  const values = many(20, (number) => luhn(`4${digits(14, number + 1)}`))
  const detection = (await detect(database, 't', { c7: { values } })).get('c7')
  expect(detection).toMatchObject({
    entity: 'CREDIT_CARD',
    category: 'financial',
    evidence: [{ kind: 'checksum', form: 'CARD', hits: 20, of: 20 }],
  })
  expect(detection?.confidence).toBeGreaterThanOrEqual(0.9)
  // Seven values are too few: one number in ten passes by chance.
  expect(likely(await detect(database, 't', { c7: { values: values.slice(0, 7) } }))).toEqual({})
  const half = [...values.slice(0, 9), ...many(11, (number) => digits(16, number + 50))]
  expect(likely(await detect(database, 't', { c7: { values: half } }))).toEqual({})
})

test('numbers of 15 digits that begin with 35 are devices, not cards', async () => {
  expect(await counts('356938035643809', 'CARD')).toEqual({ form: 0, checksum: 0 })
  expect((await counts('356938035643809', 'IMEI')).checksum).toBe(1)
})
