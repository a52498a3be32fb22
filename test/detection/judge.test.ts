import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { ENTITIES } from '../../src/detection/entities.ts'
import { TestDatabase } from '../server/database.ts'
import { detect, likely, many, prepare, type Values } from './inspected.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await TestDatabase.create()
  await prepare(database)
})
afterAll(async () => {
  await database[Symbol.asyncDispose]()
})

const of = (...values: string[]): Values => ({ values })
const FIRST = ['Anna', 'Peter', 'Maria', 'John', 'Élodie', 'Hans', 'Jose', 'Olga', 'Kevin', 'Laura']
const LAST = ['Smith', 'Müller', 'Garcia', 'Jones', 'Martin', 'Rossi', 'Novak', 'Brown', 'Silva', 'Johnson']
const people = (count = 30) =>
  many(count, (n) => `${FIRST[n % 10]} ${LAST[(n * 7 + Math.floor(n / 10)) % 10]}`)

describe('a table of persons', () => {
  test('in English', async () => {
    const found = likely(
      await detect(database, 'customers', {
        id: { type: 'bigint', values: many(30, String) },
        name: { values: people() },
        email: { values: many(30, (n) => `p${n}@example.org`) },
        phone_number: { values: many(30, (n) => `+44 20 7946 0${100 + n}`) },
        address: { values: many(30, (n) => `${n + 1} Station Road`) },
        zip: { values: many(30, (n) => String(10115 + n)) },
        city: { values: many(30, (n) => ['London', 'Paris', 'Berlin'][n % 3] ?? '') },
        date_of_birth: { type: 'date', values: many(30, (n) => `19${60 + n}-03-04`) },
        gender: of('m', 'f'),
        ip: { values: many(30, (n) => `192.0.2.${n}`) },
        password: { values: many(9, (n) => `$2b$12$abcdefghijklmnopqrstuv${n}`) },
        status: of('new', 'active', 'closed'),
        email_verified: of('t', 'f'),
        created_at: { type: 'timestamp with time zone', values: ['2020-01-01'] },
        notes: of('wants it blue', 'nothing to say about this one', 'paid in cash and left happily'),
        balance: { type: 'numeric', values: ['1.50', '99.00'] },
      }),
    )
    expect(found).toEqual({
      name: 'PERSON_NAME',
      email: 'EMAIL',
      phone_number: 'PHONE',
      address: 'ADDRESS',
      zip: 'POSTCODE',
      city: 'CITY',
      date_of_birth: 'DATE_OF_BIRTH',
      gender: 'GENDER',
      ip: 'IP_ADDRESS',
      password: 'PASSWORD',
    })
  })

  test('in Japanese, Chinese, Korean and Russian', async () => {
    expect(
      likely(
        await detect(database, '顧客', {
          氏名: of('佐藤 太郎', '鈴木 一郎', '高橋 花子', '田中 美咲'),
          生年月日: of('1980-01-02', '1975/05/06', '1990-12-31'),
          住所: of('牛埔東路260號', '公園路300號', '力行二路2號'),
          商品名: of('りんご', 'みかん'),
          电话: of('13800138000', '13900139000'),
          姓名: of('王伟', '李娜', '张敏', '刘洋'),
          이름: of('김민준', '이서연', '박도윤', '최지우'),
          фамилия: of('Иванов', 'Смирнов', 'Кузнецова'),
          ИНН: of('500100732259', '500100732259'),
        }),
      ),
    ).toEqual({
      氏名: 'PERSON_NAME',
      生年月日: 'DATE_OF_BIRTH',
      住所: 'ADDRESS',
      电话: 'PHONE',
      姓名: 'PERSON_NAME',
      이름: 'PERSON_NAME',
      фамилия: 'LAST_NAME',
      ИНН: 'TAX_ID',
    })
  })

  test('the special categories are told by their category', async () => {
    const detections = await detect(database, 'patients', {
      religion: of('catholic', 'muslim', 'none'),
      ethnicity: of('white', 'asian', 'black'),
      diagnosis: of('E11.9', 'F32.1', 'I10'),
      blood_group: of('A+', 'O-', 'B+'),
      sexual_orientation: of('1', '2', '3'),
      trade_union: of('ver.di', 'IG Metall'),
    })
    expect(Object.fromEntries([...detections].map(([column, { category }]) => [column, category]))).toEqual({
      religion: 'special',
      ethnicity: 'special',
      diagnosis: 'health',
      blood_group: 'health',
      sexual_orientation: 'special',
      trade_union: 'special',
    })
  })
})

describe('what is no personal data', () => {
  test('a shop’s products', async () => {
    expect(
      likely(
        await detect(database, 'products', {
          name: of('Blue chair', 'Oak table', 'Desk lamp', 'Red sofa'),
          title: of('Comfort for all', 'Sit down well'),
          sku: { values: many(40, (n) => `AB-${1000 + n}-X`) },
          ean: { values: many(40, (n) => String(4006381333900 + n * 7)) },
          price: { values: many(40, (n) => `${n}.99`) },
          weight: of('1.250', '2.375', '10.125'),
          colour: of('red', 'blue', 'green', 'black', 'white'),
          country: of('Germany', 'France', 'Italy'),
          path: of('/images/a.png', '/images/b.png'),
          url: of('https://example.org/a', 'https://example.org/b'),
          checksum: { values: many(20, (n) => n.toString(16).padStart(64, 'a')) },
          commit_hash: { values: many(20, (n) => n.toString(16).padStart(40, 'b')) },
          release_date: of('1969-07-20', '1984-01-24', '2001-03-24'),
          version: of('1.2.3', '10.0.1', '2.11.0'),
          rating: of('1', '2', '3', '4', '5'),
          description: of(
            'A chair made of oak, painted blue by hand.',
            'A lamp of brass with a long arm and a heavy foot.',
          ),
          settings_key: of('shop.mail.enabled', 'shop.theme.colour.dark'),
          duration: of('12:30', '01:02:03'),
          coordinates_valid: of('t', 'f'),
        }),
      ),
    ).toEqual({})
  })

  test('the false positives that people report', async () => {
    expect(
      likely(
        await detect(database, 'students', {
          email_verified: of('true', 'false'),
          email_confirmed: of('1', '0'),
          is_phone_valid: of('Y', 'N'),
          academic_year_code: of('201', '202', '203'),
          address_count: of('1', '2', '3'),
          phone_type: of('home', 'work'),
          address: of('0', '2', '6', '7', '8'),
          email: of('0', '1', '2'),
          phone: of('yes', 'no'),
          age: of('2020-01-01', '2021-01-01'),
        }),
      ),
    ).toEqual({})
  })

  test('times, sequences and codes without a name', async () => {
    expect(
      likely(
        await detect(database, 't', {
          a: { values: many(60, (n) => String(1600000000 + n * 3601)) },
          b: { values: many(60, (n) => String(1600000000000 + n * 360001)) },
          c: { values: many(60, (n) => String(100000000 + n)) },
          d: { values: many(60, (n) => String(10000000000 + n * 11)) },
          e: { values: many(60, (n) => `2021-03-${String((n % 28) + 1).padStart(2, '0')} 10:00:00`) },
          f: { values: many(60, (n) => `INV-2021-${1000 + n}`) },
          g: { values: many(60, (n) => `${n}.${n % 10}.${n % 7}`) },
          h: { values: many(60, (n) => `978-3-16-14841${n % 10}-${n % 9}`) },
          i: { values: many(60, (n) => String(n / 7)) },
          j: { values: many(60, (n) => `A${String(n).padStart(7, '0')}Z`) },
          k: { values: many(60, (n) => `${n}x${n + 1}`) },
        }),
      ),
    ).toEqual({})
  })
})

describe('the context of a weak name', () => {
  const name = (values: readonly string[]) => ({ name: { values } })
  const unknown = ['Xqzt Wvrr', 'Qwrt Zxcv', 'Plmk Njhb']

  test('`name` in a table of persons is a person’s, whatever it is', async () => {
    expect(likely(await detect(database, 'employees', name(unknown)))).toEqual({ name: 'PERSON_NAME' })
    expect(likely(await detect(database, 'products', name(unknown)))).toEqual({})
    expect(likely(await detect(database, 't', name(unknown)))).toEqual({})
  })

  test('columns beside it tell what a table is', async () => {
    const beside = { ...name(unknown), birth_date: of('1970-01-01', '1980-01-01', '1990-01-01') }
    const detection = (await detect(database, 't', beside)).get('name')
    expect(detection).toMatchObject({ entity: 'PERSON_NAME', confidence: 0.65 })
    expect(detection?.evidence).toContainEqual({ kind: 'context', from: 'siblings', says: 'person' })
  })

  test('a name in the name decides before the table', async () => {
    const found = await detect(database, 'employees', {
      product_name: { values: unknown },
      manager_name: { values: unknown },
    })
    expect(likely(found)).toEqual({ manager_name: 'PERSON_NAME' })
  })

  test('names of persons are known without a column’s name', async () => {
    const detection = (await detect(database, 't', { c1: { values: people() } })).get('c1')
    expect(detection).toMatchObject({
      entity: 'PERSON_NAME',
      evidence: [{ kind: 'vocabulary', words: 'severalNames' }],
    })
    expect(detection?.confidence).toBeLessThan(0.8)
  })
})

describe('free text', () => {
  test('with e-mails, telephones, cards, IBANs and numbers of persons in it', async () => {
    const detection = (
      await detect(database, 'tickets', {
        body: {
          values: [
            'The customer asked us to write to jane@example.org as soon as possible',
            'Please call back at +44 20 7946 0123 before noon, he is waiting',
            'paid with 4111 1111 1111 1111 over the phone, receipt was sent',
            'refund to GB82 WEST 1234 5698 7654 32 please, as agreed on Monday',
            'her number is 219-09-9999, as she told us on the telephone twice',
            ...many(20, (n) => `nothing of interest was said in conversation ${n} with them`),
          ],
        },
      })
    ).get('body')
    expect(detection).toMatchObject({ entity: 'FREE_TEXT', confidence: 0.5 })
    expect(
      detection?.evidence.map((item) => (item.kind === 'inside' ? [item.entity, item.hits] : [])),
    ).toEqual([
      ['EMAIL', 1],
      ['PHONE', 1],
      ['CREDIT_CARD', 1],
      ['IBAN', 1],
      ['NATIONAL_ID', 1],
    ])
  })

  test('without any is not told', async () => {
    const values = many(
      30,
      (n) => `order ${100000 + n} of 12.05.2021 was shipped with parcel 00340434161094${n} on time`,
    )
    expect(likely(await detect(database, 'orders', { notes: { values } }))).toEqual({})
  })
})

test('confidences are between 0 and 1, and weak hints stay below a strong one', async () => {
  const values = { values: many(20, (n) => String(20 + n)) }
  const columns = Object.fromEntries(
    ['pin', 'cap', 'eta', 'post', 'post_count', 'alter', 'land', 'x'].map((name) => [name, values]),
  )
  for (const [, { confidence, entity }] of await detect(database, 't', columns)) {
    expect(confidence).toBeGreaterThanOrEqual(0.3)
    expect(confidence).toBeLessThan(0.5)
    expect(Object.keys(ENTITIES)).toContain(entity)
  }
})
