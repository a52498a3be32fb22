import { Fault } from '../lib/fault.ts'

/**
 * Options of pg_dump and pg_restore that may be passed through. Others would change the format, the snapshot or the
 * rows that pgveil answers for, or name another server.
 */
const PG_DUMP = [
  ...[
    '--no-comments',
    '--no-publications',
    '--no-security-labels',
    '--no-tablespaces',
    '--no-toast-compression',
  ],
  ...['--no-table-access-method', '--no-owner', '-O', '--no-privileges', '--no-acl', '-x', '--no-policies'],
  ...['--quote-all-identifiers', '--strict-names', '--verbose', '-v'],
]
const PG_DUMP_WITH_VALUE = [
  ...[
    '--schema',
    '-n',
    '--exclude-schema',
    '-N',
    '--table',
    '-t',
    '--exclude-table',
    '-T',
    '--extension',
    '-e',
  ],
  ...[
    '--exclude-extension',
    '--lock-wait-timeout',
    '--encoding',
    '-E',
    '--table-and-children',
    '--exclude-table-and-children',
  ],
]
const PG_RESTORE = [
  ...['--no-comments', '--no-publications', '--no-security-labels', '--no-subscriptions', '--no-tablespaces'],
  ...['--no-table-access-method', '--no-owner', '-O', '--no-privileges', '--no-acl', '-x', '--no-policies'],
  ...['--disable-triggers', '--enable-row-security', '--no-data-for-failed-tables', '--verbose', '-v'],
]
const PG_RESTORE_WITH_VALUE = ['--role', '--superuser', '-S']

/** Splits a text of options as a shell would, and lets through what pgveil can stand by. Throws `usage`. */
export function pgDumpOptions(text: string | undefined): string[] {
  const options = allowed('--pg-dump-options', splitWords(text ?? ''), PG_DUMP, PG_DUMP_WITH_VALUE)
  for (const option of options) {
    const encoding = /^(?:--encoding=|-E)(.*)$/.exec(option)?.[1]
    if (encoding !== undefined && !/^utf-?8$/i.test(encoding)) {
      throw new Fault('usage', 'Archives are written in UTF-8.', {
        remedy: 'Leave --encoding out of --pg-dump-options.',
      })
    }
  }
  return options
}

export function pgRestoreOptions(text: string | undefined): string[] {
  return allowed('--pg-restore-options', splitWords(text ?? ''), PG_RESTORE, PG_RESTORE_WITH_VALUE)
}

/** Every option with a value comes out as one word: `--table=x`, `-tx`. */
function allowed(
  flag: string,
  words: readonly string[],
  plain: readonly string[],
  valued: readonly string[],
): string[] {
  const options: string[] = []
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? ''
    const [name = '', value] = word.startsWith('--')
      ? splitOnce(word, '=')
      : [word.slice(0, 2), word.slice(2) || undefined]
    if (plain.includes(word)) options.push(word)
    else if (valued.includes(name)) {
      const given = value ?? words[++at]
      if (given === undefined) throw new Fault('usage', `${name} in ${flag} needs a value.`)
      options.push(name.startsWith('--') ? `${name}=${given}` : `${name}${given}`)
    } else {
      throw new Fault('usage', `${word} cannot be passed on by ${flag}.`, {
        remedy: `These can: ${[...plain, ...valued].join(' ')}`,
      })
    }
  }
  return options
}

function splitOnce(word: string, sign: string): [string, string | undefined] {
  const at = word.indexOf(sign)
  return at === -1 ? [word, undefined] : [word.slice(0, at), word.slice(at + 1)]
}

/** Words between blanks; quotes keep blanks, a backslash keeps what follows it. No variables, no globs. */
function splitWords(text: string): string[] {
  const words: string[] = []
  const word = /\s*((?:[^\s'"\\]|\\.|'[^']*'|"(?:[^"\\]|\\.)*")+)/y
  while (text.slice(word.lastIndex).trim() !== '') {
    const found = word.exec(text)?.[1]
    if (found === undefined) throw new Fault('usage', 'A quote in the options is not closed.')
    words.push(
      found.replaceAll(
        /\\(.)|'([^']*)'|"((?:[^"\\]|\\.)*)"/g,
        (_, escaped, single, double) => escaped ?? single ?? String(double).replaceAll(/\\(["\\$`])/g, '$1'),
      ),
    )
  }
  return words
}
