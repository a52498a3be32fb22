import { describeEntry, type TocEntry } from '../../archive/toc/toc.ts'

/** What pg_restore said went wrong with one command. */
export interface Complaint {
  /** The server's words up to the first value that they could hold. */
  readonly message: string
  /** The kind of object and its name: `TABLE DATA public.customers`. Undefined where it is none of the archive. */
  readonly entry: string | undefined
}

/**
 * Complaints that change nothing about the data: what the target has already, settings that an older server does not
 * know, and privileges for roles that the target does not have.
 */
const HARMLESS: readonly { readonly error: RegExp; readonly command?: RegExp }[] = [
  { error: /schema "public" already exists/ },
  { error: /language "plpgsql" already exists/ },
  { error: /must be owner of extension/, command: /^COMMENT ON EXTENSION/ },
  { error: /unrecognized configuration parameter/, command: /^SET / },
]

const MISSING_ROLE = {
  error: /role "(.*)" does not exist/,
  command: /^(GRANT|REVOKE|ALTER DEFAULT PRIVILEGES|SET SESSION AUTHORIZATION)/,
}

export type Verdict = 'harmless' | 'missing-role' | 'harmful'

const NO_COMPLAINT = /^pg_restore: (?!from TOC entry|error: )/

/** So much of a command tells it from others; a function may have thousands of lines. */
const KEPT_LINES = 20

/**
 * Gathers pg_restore's complaints from its lines: an error comes as up to four of them (the entry, which it names only
 * where it is to say all that it does; the error; its details; the command). Details are dropped, since they quote rows.
 */
export class ComplaintReader {
  readonly #entries: readonly TocEntry[]
  readonly #onComplaint: (complaint: Complaint, verdict: Verdict) => void
  #named: number | undefined
  #error: string | undefined
  /** The lines of a command that has not ended. */
  #command: string[] = []

  /** The entries are those that pg_restore is to restore. */
  constructor(entries: readonly TocEntry[], onComplaint: (complaint: Complaint, verdict: Verdict) => void) {
    this.#entries = entries
    this.#onComplaint = onComplaint
  }

  line(line: string): void {
    if (this.#command.length > 0 && !line.startsWith('pg_restore: ')) {
      this.#addToCommand(line)
      return
    }
    if (this.#command.length > 0) this.#settle()
    // Of the lines of --verbose nearly all say what is being done.
    if (NO_COMPLAINT.test(line)) return
    const entry = /^pg_restore: from TOC entry (\d+);/.exec(line)?.[1]
    const error = /^pg_restore: error: (.*)$/.exec(line)?.[1]
    const command = /^Command was: (.*)$/.exec(line)?.[1]
    if (entry !== undefined) {
      this.#settle()
      this.#named = Number(entry)
    } else if (error !== undefined) {
      this.#settle()
      this.#error = error
      if (COPY_FAILED.test(error)) this.#settle()
    } else if (command !== undefined && this.#error !== undefined) {
      this.#addToCommand(command)
    }
  }

  /** Call it once when pg_restore has ended. */
  end(): void {
    this.#settle()
  }

  #addToCommand(line: string): void {
    if (line !== '') this.#command.push(line)
    if (line === '' || line.endsWith(';') || this.#command.length === KEPT_LINES) this.#settle()
  }

  #settle(): void {
    const [error, command] = [this.#error, this.#command.join('\n')]
    this.#command = []
    this.#error = undefined
    if (error === undefined) return
    const found = this.#entryOf(error, command)
    this.#named = undefined
    const entry = found && describeEntry(found)
    this.#onComplaint({ message: withoutValues(error, entry), entry }, judge(error, command))
  }

  /** The entry that a complaint is about: the one it names, else whose table or whose command it speaks of. */
  #entryOf(error: string, command: string): TocEntry | undefined {
    const table = COPY_FAILED.exec(error)?.[1]
    // As it stands in the archive, before --if-exists.
    const drop = command.replace(/ IF EXISTS\b/, '')
    return this.#entries.find(({ dumpId, description, tag, definition, dropStatement }) => {
      if (this.#named !== undefined) return dumpId === this.#named
      if (table !== undefined) return description === 'TABLE DATA' && tag === table
      return command !== '' && (definition?.startsWith(command) || dropStatement?.startsWith(drop))
    })
  }
}

/** With the table's name and PostgreSQL's words. */
const COPY_FAILED = /^COPY failed for table "(.*?)": (?:ERROR:\s+)?(.*)$/

function judge(error: string, command: string): Verdict {
  const fits = (known: { error: RegExp; command?: RegExp }) =>
    known.error.test(error) && (!known.command || known.command.test(command))
  if (HARMLESS.some(fits)) return 'harmless'
  return fits(MISSING_ROLE) ? 'missing-role' : 'harmful'
}

/** What reads or writes rows; anything else that a restore runs cannot know a value. */
const MEETS_ROWS =
  /^(TABLE DATA|SEQUENCE SET|MATERIALIZED VIEW DATA|(FK |CHECK )?CONSTRAINT|INDEX|BLOBS?|LARGE OBJECT|TRIGGER|RULE)\b/

/**
 * The beginnings of PostgreSQL's messages that say what is wrong in names of objects; a value comes, if at all, behind
 * a colon. Other messages may begin with a value, and functions of the database say what they like.
 */
const SPEAKS_OF_OBJECTS = new RegExp(
  [
    'could not create unique index ".*"$',
    'duplicate key value violates unique constraint ".*"$',
    '(null value in column|new row for relation|insert or update on table|update or delete on table) ".*" .*violates ',
    'check constraint ".*" (of relation ".*" )?is violated by some row$',
    '(relation|schema|type|index|constraint|role|extension|column|table|language|operator) ".*" .*(exist|exists)',
    '(function|operator) .* does not exist$',
    '(permission denied for|must be|cannot|syntax error|unrecognized configuration parameter) ',
    'value too long for type [a-z ]+\\(\\d+\\)$',
    'invalid input (syntax|value) for (type|enum) [\\w. ]+$',
    '(date/time field value|[a-z]+) out of range$',
    '(extra data after last expected column|missing data for column ".*")$',
    '(could not (extend|write|read|open)|no space left|out of memory|out of shared memory) ?',
    '(terminating connection|canceling statement|deadlock detected|server closed the connection)',
  ].join('|'),
  'i',
)

/** An error about a row quotes it: `invalid input syntax for type integer: "Alice"`. */
function withoutValues(error: string, entry: string | undefined): string {
  const message = error.replace(/^could not execute query: /, '').replace(/^ERROR:\s+/, '')
  const copy = COPY_FAILED.exec(message)
  const ofProgram = entry === undefined && message === error
  if (!copy && (ofProgram || (entry !== undefined && !MEETS_ROWS.test(entry)))) return message
  const reason = (copy?.[2] ?? message).replace(/: .*$/, '')
  const known = SPEAKS_OF_OBJECTS.exec(reason)?.index === 0
  return known ? reason : "PostgreSQL refused a row or a value; the server's log says which"
}
