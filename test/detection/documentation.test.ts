import { expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ENTITIES } from '../../src/detection/entities.ts'

test('the table of entities is the one of the program', () => {
  const text = readFileSync(join(import.meta.dir, '../../docs/detection.md'), 'utf8')
  const section = text.split('## Entities')[1]?.split('\n## ')[0] ?? ''
  const documented = [...section.matchAll(/^\| ([a-z-]+) \| (`.*`) \|$/gm)].flatMap(
    ([, category, entities = '']) =>
      [...entities.matchAll(/`([A-Z_]+)`/g)].map(([, entity]) => [entity, category]),
  )
  const known: string[][] = Object.entries(ENTITIES)
  expect(documented.sort()).toEqual(known.sort())
})
