import { expect, test } from 'bun:test'
import { readByteLines, readLines } from '../../src/postgres/child.ts'

function streamOf(...chunks: (string | Uint8Array)[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(Buffer.from(chunk))
      controller.close()
    },
  })
}

async function linesOf(longest: number | undefined, ...chunks: (string | Uint8Array)[]) {
  const lines: string[] = []
  const kept = await readLines(streamOf(...chunks), (line) => lines.push(line), longest)
  return { lines, kept }
}

test('lines come whole, wherever the chunks of a stream begin', async () => {
  const text = 'one\n\nzwölf 世界 🎉\nthe last'
  const bytes = Buffer.from(text)
  for (let size = 1; size <= bytes.length; size++) {
    const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
      bytes.subarray(at * size, (at + 1) * size),
    )
    expect(await linesOf(undefined, ...chunks)).toEqual({ lines: text.split('\n'), kept: text })
  }
  expect(await linesOf(undefined)).toEqual({ lines: [], kept: '' })
})

test('of what is too long the end is handed on, and kept', async () => {
  const { lines, kept } = await linesOf(5, 'a'.repeat(100), '12345\nb\n', 'c'.repeat(100_000), 'end')
  expect(lines).toEqual(['12345', 'b', 'ccend'])
  expect([kept.length, kept.slice(-4)]).toEqual([64 * 1024, 'cend'])
})

test('a line of 64 megabytes takes no longer for each of its chunks than a short one', async () => {
  const chunk = Buffer.alloc(16 * 1024, 'x')
  const chunks = Array.from({ length: 4096 }, () => chunk)
  const begun = performance.now()
  let length = 0
  await readByteLines(streamOf(...chunks, '\n'), (line) => (length = line.length), 2 ** 30)
  expect(length).toBe(64 * 1024 * 1024)
  // 0.05 s; looking at the whole line for each chunk takes a minute.
  expect(performance.now() - begun).toBeLessThan(5000)
})

test('who throws over a line stops the reading', async () => {
  const reading = readByteLines(streamOf('x\n'), () => JSON.parse('{'), 10)
  expect(reading).rejects.toThrow(SyntaxError)
})
