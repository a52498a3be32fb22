import { Secret } from '../../lib/secret.ts'

interface Wanted {
  readonly host: string
  readonly port: number
  readonly database: string
  readonly user: string
}

/**
 * The password that a .pgpass file holds for a connection: of its lines `host:port:database:user:password` the first
 * that fits counts, `*` fits anything, a backslash takes the next character as it is. A socket counts as localhost.
 */
export function passwordFor(text: string, wanted: Wanted): Secret | undefined {
  const isSocket = wanted.host.startsWith('/')
  for (const line of text.split(/\r?\n/)) {
    if (line === '' || line.startsWith('#')) continue
    const fields = splitLine(line)
    if (!fields) continue
    const [host, port, database, user, password] = fields
    const fits =
      matches(host, wanted.host, isSocket) &&
      matches(port, String(wanted.port)) &&
      matches(database, wanted.database) &&
      matches(user, wanted.user)
    if (fits) return new Secret(password)
  }
  return undefined
}

function matches(field: string, value: string, orLocalhost = false): boolean {
  return field === '*' || field === value || (orLocalhost && field === 'localhost')
}

function splitLine(line: string): [string, string, string, string, string] | undefined {
  const fields: string[] = []
  let field = ''
  for (let at = 0; at < line.length; at++) {
    const char = line.charAt(at)
    if (char === '\\' && at + 1 < line.length) {
      field += line.charAt(++at)
    } else if (char === ':' && fields.length < 4) {
      fields.push(field)
      field = ''
    } else {
      field += char
    }
  }
  const [host, port, database, user] = fields
  if (host === undefined || port === undefined || database === undefined || user === undefined)
    return undefined
  return [host, port, database, user, field]
}
