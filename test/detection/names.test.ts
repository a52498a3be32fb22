import { describe, expect, test } from 'bun:test'
import { readName, subjectOfTable } from '../../src/detection/names/hints.ts'
import { HINTS, knownWords } from '../../src/detection/names/lexicon.ts'
import { tokensOf } from '../../src/detection/names/tokens.ts'

describe('words of a name', () => {
  test.each<[string, string[]]>([
    ['customerEMailAddr2', ['customer', 'e', 'mail', 'addr']],
    ['first_name', ['first', 'name']],
    ['FIRST-NAME', ['first', 'name']],
    ['HTTPServerIP', ['http', 'server', 'ip']],
    ['IPAddress', ['ip', 'address']],
    ['Prénom', ['prenom']],
    ['Straße', ['strasse']],
    ['İmza', ['imza']],
    ['дата_рождения', ['дата', 'рождения']],
    ['номерТелефона', ['номер', 'телефона']],
    ['顧客氏名', ['顧客氏名']],
    ['電話番号1', ['電話番号']],
    ['"quoted ""name"""', ['quoted', 'name']],
    ['__1__', []],
    ['', []],
  ])('%s', (name, words) => {
    expect(tokensOf(name)).toEqual(words)
  })
})

describe('names that tell', () => {
  test.each<[string, string]>([
    ...(['email', 'e_mail', 'EMail', 'EMAIL_ADDRESS', 'customerEmail', 'email2', 'work-email'] as const).map(
      (name): [string, string] => [name, 'EMAIL'],
    ),
    ['firstname', 'FIRST_NAME'],
    ['nameFirst', 'FIRST_NAME'],
    ['LenderFirstName', 'FIRST_NAME'],
    ['mothers_maiden_name', 'LAST_NAME'],
    ['date_of_birth', 'DATE_OF_BIRTH'],
    ['birthYear', 'DATE_OF_BIRTH'],
    ['dob_year', 'DATE_OF_BIRTH'],
    ['ssn_number', 'NATIONAL_ID'],
    ['passport_no', 'PASSPORT'],
    ['cvv', 'CVV'],
    ['card_number', 'CREDIT_CARD'],
    ['home_phone_number', 'PHONE'],
    ['vorname', 'FIRST_NAME'],
    ['Geburtsdatum', 'DATE_OF_BIRTH'],
    ['strasse', 'STREET'],
    ['Straße', 'STREET'],
    ['Familienstand', 'MARITAL_STATUS'],
    ['prenom', 'FIRST_NAME'],
    ['nom_de_famille', 'LAST_NAME'],
    ['numero_de_securite_sociale', 'NATIONAL_ID'],
    ['date_naissance', 'DATE_OF_BIRTH'],
    ['apellido_paterno', 'LAST_NAME'],
    ['fecha_nacimiento', 'DATE_OF_BIRTH'],
    ['correo_electronico', 'EMAIL'],
    ['codice_fiscale', 'NATIONAL_ID'],
    ['cognome', 'LAST_NAME'],
    ['data_nascimento', 'DATE_OF_BIRTH'],
    ['sobrenome', 'LAST_NAME'],
    ['geboortedatum', 'DATE_OF_BIRTH'],
    ['achternaam', 'LAST_NAME'],
    ['nazwisko', 'LAST_NAME'],
    ['numer_pesel', 'NATIONAL_ID'],
    ['фамилия', 'LAST_NAME'],
    ['ДатаРождения', 'DATE_OF_BIRTH'],
    ['снилс', 'NATIONAL_ID'],
    ['прізвище', 'LAST_NAME'],
    ['soyadi', 'LAST_NAME'],
    ['tc_kimlik_no', 'NATIONAL_ID'],
    ['姓名', 'PERSON_NAME'],
    ['身份证号', 'NATIONAL_ID'],
    ['手机号码', 'PHONE'],
    ['氏名', 'PERSON_NAME'],
    ['顧客氏名', 'PERSON_NAME'],
    ['電話番号', 'PHONE'],
    ['生年月日', 'DATE_OF_BIRTH'],
    ['マイナンバー', 'NATIONAL_ID'],
    ['이름', 'PERSON_NAME'],
    ['주민등록번호', 'NATIONAL_ID'],
  ])('%s is %s', (name, entity) => {
    expect(readName(name).hints[0]).toMatchObject({ entity, strength: 'strong' })
  })
})

describe('names that tell nothing about a person', () => {
  test.each([
    ...[
      'email_verified',
      'emailVerified',
      'email_confirmed',
      'is_email_valid',
      'is_phone_valid',
      'address_count',
      'has_passport',
    ],
    ...[
      'academic_year_code',
      'account_type',
      'number_of_phones',
      'num_emails',
      'email_sent_at',
      'password_changed_at',
    ],
    ...[
      'gender_count',
      'address_id',
      'city_id',
      'customer_id',
      'phone_type',
      'email_template',
      'email_opt_in',
      'card_type',
    ],
    ...[
      'created_at',
      'success',
      'accessory',
      'discount',
      'racetrack',
      'sexton',
      'passenger_count',
      'impressionable',
      'emailed',
    ],
    ...['顧客数', 'メールフラグ', 'anzahl_adressen', 'numero_telefonos', 'email_bestaetigt'],
  ])('%s', (name) => {
    expect(readName(name).hints.filter(({ strength }) => strength === 'strong')).toEqual([])
  })

  test('`cc` is not read out of academic, nor `race` out of trace', () => {
    for (const name of ['academic_year_code', 'trace', 'traceId', 'grace_period', 'usage', 'stage']) {
      expect([name, readName(name).hints.map(({ entity }) => entity)]).toEqual([name, []])
    }
  })
})

test('three letters of another language are a weak hint', () => {
  for (const name of ['cap', 'eta', 'plz', 'din', 'cpf']) {
    for (const hint of readName(name).hints) expect([name, hint.strength]).toEqual([name, 'weak'])
  }
})

test('the last word says what a name is of', () => {
  for (const name of ['zip_file', 'phone_model', 'street_station', 'mother_process', 'race_event']) {
    for (const { strength } of readName(name).hints) expect([name, strength]).toEqual([name, 'weak'])
  }
  expect(readName('file_email').hints[0]?.strength).toBe('strong')
  expect(readName('company_phone').hints[0]?.strength).toBe('strong')
})

test('a name says whom or what it names', () => {
  expect(readName('customer_name').subject).toBe('person')
  expect(readName('product_name').subject).toBe('thing')
  expect(readName('name').subject).toBeNull()
  expect(readName('회사명').subject).toBe('thing')
  expect(subjectOfTable('Patients_2019')).toBe('person')
  expect(subjectOfTable('product_categories')).toBe('thing')
  expect(subjectOfTable('t_0815')).toBeNull()
})

test('the packs hold no empty phrase, and words in the form in which names are read', () => {
  expect(HINTS.size).toBeGreaterThan(1500)
  expect(HINTS.has('')).toBe(false)
  for (const word of knownWords()) expect(word).toBe(word.toLowerCase())
})
