/** What pg_restore said went wrong with one command. */
export interface Complaint {
  /** The server's words up to the first value that they could hold. */
  readonly message: string
  /** The kind of object and its name, as pg_restore numbers them: `TABLE DATA customers`. */
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

/**
 * Gathers pg_restore's complaints from its lines: an error comes as up to four of them (the entry, the error, its
 * details, the command). Details are dropped, since they quote rows.
 */
export class ComplaintReader {
  readonly #onComplaint: (complaint: Complaint, verdict: Verdict) => void
  #entry: string | undefined
  #error: string | undefined

  constructor(onComplaint: (complaint: Complaint, verdict: Verdict) => void) {
    this.#onComplaint = onComplaint
  }

  line(line: string): void {
    // Of the lines of --verbose nearly all say what is being done.
    if (NO_COMPLAINT.test(line)) return
    const entry = /^pg_restore: from TOC entry \d+; \d+ \d+ (.*)$/.exec(line)?.[1]
    const error = /^pg_restore: error: (.*)$/.exec(line)?.[1]
    const command = /^Command was: (.*)$/.exec(line)?.[1]
    if (entry !== undefined) {
      this.#settle(undefined)
      this.#entry = entry
    } else if (error !== undefined) {
      this.#settle(undefined)
      this.#error = error
      if (/^COPY failed/.test(error)) this.#settle(undefined)
    } else if (command !== undefined) {
      this.#settle(command)
    }
  }

  /** Call it once when pg_restore has ended. */
  end(): void {
    this.#settle(undefined)
  }

  #settle(command: string | undefined): void {
    if (this.#error === undefined) return
    const complaint = { message: withoutValues(this.#error, this.#entry), entry: this.#entry }
    this.#onComplaint(complaint, judge(this.#error, command))
    this.#error = undefined
    this.#entry = undefined
  }
}

function judge(error: string, command: string | undefined): Verdict {
  const fits = (known: { error: RegExp; command?: RegExp }) =>
    known.error.test(error) && (!known.command || known.command.test(command ?? ''))
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
  const copy = /^COPY failed for table ".*?": (?:ERROR:\s+)?(.*)$/.exec(message)
  const ofProgram = entry === undefined && message === error
  if (!copy && (ofProgram || (entry !== undefined && !MEETS_ROWS.test(entry)))) return message
  const reason = (copy?.[1] ?? message).replace(/: .*$/, '')
  const known = SPEAKS_OF_OBJECTS.exec(reason)?.index === 0
  return known ? reason : "PostgreSQL refused a row or a value; the server's log says which"
}
