import pino from 'pino'

/** What an operation may say while it works. A line may name a table or a column, never a value of a row. */
export type Log = pino.Logger

export type LogLevel = 'error' | 'warn' | 'info' | 'debug' | 'silent'

/** Where lines of JSON go. Written synchronously, so that nothing is lost when the process ends. */
export interface LogLines {
  write(line: string): void
}

export function createLog(level: LogLevel, lines: LogLines): Log {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    lines,
  )
}

export const silentLog: Log = createLog('silent', { write: () => {} })
