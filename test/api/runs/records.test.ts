import { describe, expect, test } from 'bun:test'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { contentOf, until } from '../serving.ts'
import { dumpRequest, masks, onRunsGround, output, receiver, run, serving, source } from './ground.ts'

onRunsGround()

describe('records of runs', () => {
  test('are listed by day, described, read and deleted', async () => {
    const request = dumpRequest({
      save_dicts: true,
      output_path: 'recorded',
      sens_dict_contents: [
        { ...masks, additional_info: { ticket: 'T-1' } },
        { ...masks, name: '../../evil/../name.json' },
      ],
    })
    const { id, end } = await run('dump', request)
    const today = end.ended.slice(0, 10)
    const listed = await serving.get('/operation')
    const path = listed.body.find((entry: string) => entry.endsWith(id))
    expect(path).toBe(`${today.replaceAll('-', '/')}/${id}`)
    const between = async (query: string) => (await serving.get(`/operation?${query}`)).body.includes(path)
    expect(await between(`date_after=${today}&date_before=${today}`)).toBe(true)
    expect(await between('date_after=2100-01-01')).toBe(false)
    expect(await between('date_before=2000-01-01')).toBe(false)

    const details = await serving.get(`/operation/${id}`)
    expect([details.status, details.body]).toEqual([
      200,
      {
        run_status: { status_id: 2, status: 'success', started: end.started, ended: end.ended },
        run_options: end.run_options,
        dictionaries: {
          prepared_sens_dict_files: [
            { ...masks, additional_info: { ticket: 'T-1' } },
            { ...masks, name: '../../evil/../name.json' },
          ],
        },
        extra_data: { dump_size: end.size },
      },
    ])
    const folder = join(serving.home, 'runs', path)
    expect(readdirSync(folder).sort()).toEqual([
      'input',
      'logs',
      'run_options.json',
      'run_status.json',
      'saved_dicts_info.json',
    ])
    expect(readdirSync(join(folder, 'input/prepared_sens_dict_files')).sort()).toEqual([
      '1_masks.json',
      '2_name.json',
    ])
    expect(JSON.parse(readFileSync(join(folder, 'run_status.json'), 'utf8'))).toMatchObject({
      status_id: 2,
      status: 'success',
    })

    const logs = await serving.get(`/operation/${id}/logs`)
    expect(logs.body.map((line: string) => JSON.parse(line).msg)).toContain('done')
    const tail = await serving.get(`/operation/${id}/logs?tail_lines=2`)
    expect(tail.body).toEqual(logs.body.slice(-2))

    const deleted = await serving.delete(`/operation/${id}`)
    expect([deleted.status, deleted.body]).toEqual([204, ''])
    expect([existsSync(folder), existsSync(output('recorded'))]).toEqual([false, false])
    for (const gone of [`/operation/${id}`, `/operation/${id}/logs`, `/operation/${id}/events`]) {
      const answer = await serving.get(gone)
      expect([answer.status, answer.body.detail[0].type]).toEqual([404, 'not_found'])
    }
    expect((await serving.delete(`/operation/${id}`)).status).toBe(404)
  })

  test('take no archive along that a later dump has put there', async () => {
    const first = await run('dump', dumpRequest({ output_path: 'shared' }))
    const second = await run('dump', dumpRequest({ output_path: 'shared', type: 'sync-struct-dump' }))
    expect((await serving.delete(`/operation/${first.id}`)).status).toBe(204)
    expect(existsSync(output('shared/toc.dat'))).toBe(true)
    writeFileSync(output('shared/note.txt'), 'of somebody else')
    expect((await serving.delete(`/operation/${second.id}`)).status).toBe(204)
    expect(readdirSync(output('shared'))).toEqual(['note.txt'])
  })

  test.each([
    'date_after=yesterday',
    'date_before=2025-13-01',
    'date_after=2025-02-01&date_before=2025-01-01',
  ])('cannot be listed by %s', async (query) => {
    const answer = await serving.get(`/operation?${query}`)
    expect([answer.status, answer.body.detail[0].loc[0]]).toEqual([422, 'query'])
  })

  test('of ids that are none', async () => {
    for (const id of ['..%2F..%2Fkey', '%00', "'", '*', 'x'.repeat(2000)]) {
      expect([id, (await serving.get(`/operation/${id}`)).status]).toEqual([id, 404])
    }
    expect((await serving.get('/operation/x/logs?tail_lines=0')).status).toBe(422)
  })
})

const SLOW = contentOf({
  dictionary: [
    { schema: 'public', table: 'users', fields: { email: 'email || substr(pg_sleep(0.05)::text, 1, 0)' } },
  ],
})

describe('a run that works', () => {
  test('can be followed and cancelled; nothing of it is left', async () => {
    const request = dumpRequest({ sens_dict_contents: [SLOW], output_path: 'slow', save_dicts: true })
    const id = await serving.startRun('/api/stateless/dump', request)
    const events = await fetch(`${serving.url}operation/${id}/events`)
    expect(events.headers.get('content-type')).toContain('text/event-stream')
    const followed = events.text()
    await until(
      'it works',
      async () => (await serving.get(`/operation/${id}`)).body.run_status.status === 'in_progress',
    )
    expect((await serving.delete(`/operation/${id}`)).status).toBe(400)
    expect((await serving.post(`/operation/${id}/cancel`, undefined)).status).toBe(204)
    expect(await receiver.end(request.operation_id)).toMatchObject({
      status: 'error',
      status_id: 3,
      error: 'Cancelled.',
      error_code: 'OPERATION_FAILED',
    })
    expect(existsSync(output('slow'))).toBe(false)
    const told = (await followed).split('\n\n').filter((event) => event.startsWith('event'))
    expect(told.at(0)).toMatch(/^event: progress\ndata: \{.*"status":"(starting|in_progress)"/)
    expect(told.at(-1)).toMatch(/^event: end\ndata: \{.*"error":"Cancelled\."/)
    const again = await serving.post(`/operation/${id}/cancel`, undefined)
    expect([again.status, again.body.error_code]).toEqual([409, 'VALIDATION_FAILED'])
    expect((await serving.post('/operation/nope/cancel', undefined)).status).toBe(404)
    await until('no session is left', async () => {
      const others =
        'SELECT count(*)::int FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()'
      return (await source.value<number>(others)) === 0
    })
  })
})
