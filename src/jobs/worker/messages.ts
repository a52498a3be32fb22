import { z } from 'zod'

/** What a worker says on its standard output, one JSON document a line; its log goes to standard error. */
const progress = z.object({
  stage: z.string(),
  done: z.number(),
  total: z.number(),
  rows: z.number().optional(),
  item: z.string().optional(),
})

const dictionary = z.object({ name: z.string(), text: z.string() })

const output = z.object({
  /** Figures for the record of the run. */
  figures: z.record(z.string(), z.unknown()),
  /** Dictionaries that a scan made, by the names of the documented API. */
  dictionaries: z.record(z.string(), dictionary),
})

const messageSchema = z.union([
  z.object({ progress }),
  z.object({ output }),
  z.object({ fault: z.object({ code: z.string(), message: z.string() }) }),
])

export type TaskOutput = z.infer<typeof output>
export type WorkerMessage = z.infer<typeof messageSchema>

/** Undefined where a line is no message: a runtime may print to standard output, too. */
export function readMessage(line: string): WorkerMessage | undefined {
  try {
    return messageSchema.safeParse(JSON.parse(line)).data
  } catch {
    return undefined
  }
}
