import { expect, test } from 'bun:test'
import { serveBackups } from './ground.ts'

test('anybody hears whether the server works, in the documented shape', async () => {
  await using serving = await serveBackups()
  const { status, body } = await serving.get('/api/health')
  expect(status).toBe(200)
  expect(body).toEqual({
    status: 'healthy',
    uptime: expect.any(Number),
    timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    database: 'connected',
    memory: { rss: expect.any(Number), heapUsed: expect.any(Number), heapTotal: expect.any(Number) },
    responseTime: expect.any(Number),
  })
  expect(Math.abs(Date.parse(body.timestamp) - Date.now())).toBeLessThan(10_000)
  // MB and not bytes.
  expect(body.memory.rss).toBeGreaterThan(10)
  expect(body.memory.rss).toBeLessThan(10_000)
  expect(Number.isInteger(body.uptime)).toBe(true)
  expect((await serving.post('/api/health', {})).status).toBe(405)
})
