import { expect, test } from 'bun:test'
import { TestDatabase } from '../server/database.ts'
import { TestFolder } from '../server/folder.ts'
import { dictionary, dumpTo, restoreFrom } from '../server/operations.ts'
import { contentsOf } from '../server/programs.ts'
import { sortedRows } from '../server/rows.ts'
import hostile from './hostile.sql' with { type: 'text' }

test('a hostile database comes through dump and restore as it was', async () => {
  await using source = await TestDatabase.create(hostile)
  await using target = await TestDatabase.create()
  await using folder = await TestFolder.create()
  // Over one connection the parts of a large table come in their order, and its rows stand where they stood.
  await dumpTo(source.target, folder.file('archive'), { jobs: 1 })
  await restoreFrom(folder.file('archive'), target.target)
  expect(await contentsOf(target.target)).toBe(await contentsOf(source.target))
})

test('masked columns change and nothing else does', async () => {
  await using source = await TestDatabase.create(hostile)
  await using target = await TestDatabase.create()
  await using folder = await TestFolder.create()
  const name = `ta"ble 'x' \\ $1 %I`
  const masks = dictionary({
    dictionary: [
      {
        schema: 'We"ird Schéma %s',
        table: name,
        fields: {
          "co\"l 'a' \\b": `'masked ''x'' \\ ' || "наименование"`,
          '%s %I': `"%s %I" + 1`,
          ':HOST': `":HOST" || ':HOST'`,
        },
      },
      { schema: 'UPPER', table: 'Table', fields: { Value: `md5("Value")` } },
      { schema: 'public', table: '😀 emoji', fields: { '😀': `'😀' || length("😀")` } },
      { schema: 'public', table: '\ufeffmark', fields: { '\ufeffmark': `"\ufeffmark" || '\ufeff'` } },
      { schema: 'public', table: 'measurements', fields: { value: 'value * 10' } },
      { schema: 'public', table: 'generated_columns', fields: { b: `'masked ' || a` } },
      {
        schema: 'public',
        table: 'all_types',
        fields: { c_varchar: `'a rather long text that is cut to its column'` },
      },
      { schema_mask: '^public$', table_mask: '^parent$', fields: { b: `'inherited'` } },
    ],
  })
  await dumpTo(source.target, folder.file('archive'), { dictionaries: [masks] })
  await restoreFrom(folder.file('archive'), target.target)

  // The same changes made in the source by hand.
  await source.run(`
    UPDATE "We""ird Schéma %s"."ta""ble 'x' \\ $1 %I" SET
      "co""l 'a' \\b" = 'masked ''x'' \\ ' || "наименование", "%s %I" = "%s %I" + 1, ":HOST" = ":HOST" || ':HOST';
    UPDATE "UPPER"."Table" SET "Value" = md5("Value");
    UPDATE public."😀 emoji" SET "😀" = '😀1';
    UPDATE public."\ufeffmark" SET "\ufeffmark" = "\ufeffmark" || '\ufeff';
    UPDATE public.measurements SET value = value * 10;
    UPDATE public.generated_columns SET b = 'masked ' || a;
    UPDATE public.all_types SET c_varchar = 'a rather long text that is cut to its column'::varchar(30);
    UPDATE public.parent SET b = 'inherited';
    REFRESH MATERIALIZED VIEW public.m_z;
  `)
  expect(sortedRows(await contentsOf(target.target))).toBe(sortedRows(await contentsOf(source.target)))
})
