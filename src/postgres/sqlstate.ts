/** PostgreSQL's condition names (its appendix "Error Codes"), for those that a dump or a restore can meet. */
const CONDITIONS: Readonly<Record<string, string>> = {
  '0A000': 'feature not supported',
  '21000': 'a sub-select gave more than one row',
  '22000': 'data exception',
  '22001': 'value too long for its type',
  '22003': 'number out of range',
  '22004': 'null value not allowed',
  '22007': 'invalid date or time',
  '22008': 'date or time out of range',
  '22011': 'invalid substring length',
  '22012': 'division by zero',
  '22021': 'character not in the encoding',
  '22023': 'invalid parameter value',
  '22025': 'invalid escape sequence',
  '22026': 'wrong length of a bit string',
  '2202E': 'array subscript error',
  '22030': 'duplicate key in a JSON object',
  '22032': 'invalid JSON text',
  '22P02': 'invalid text for its type',
  '22P03': 'invalid binary value',
  '22P05': 'character cannot be converted to the encoding',
  '23000': 'integrity constraint violation',
  '23502': 'null in a column that is NOT NULL',
  '23503': 'foreign key violation',
  '23505': 'duplicate key',
  '23514': 'check constraint violation',
  '25006': 'the transaction is read-only',
  '25P02': 'the transaction has failed',
  '25P03': 'idle in transaction for too long',
  '28000': 'invalid authorization',
  '28P01': 'wrong password',
  '2BP01': 'other objects depend on it',
  '38000': 'a function failed',
  '40001': 'serialization failure, or a conflict with recovery on a standby',
  '40P01': 'deadlock',
  '42501': 'insufficient privilege',
  '42601': 'syntax error',
  '42703': 'unknown column',
  '42704': 'unknown object',
  '42804': 'type mismatch',
  '42809': 'wrong kind of object',
  '42846': 'no such cast',
  '42883': 'unknown function or operator',
  '42P01': 'unknown table',
  '53100': 'disk full on the server',
  '53200': 'out of memory on the server',
  '53300': 'too many connections',
  '54000': 'a limit of the server was exceeded',
  '55000': 'object not in the right state',
  '55006': 'object in use',
  '55P03': 'lock not available',
  '57014': 'cancelled',
  '57P01': 'the server is shutting down, or an administrator ended the connection',
  '57P02': 'the server crashed',
  '57P03': 'the server is not ready',
  '57P05': 'idle for too long',
  '58030': 'I/O error on the server',
  P0001: 'a function raised an exception',
  PV001: 'a function of anon_funcs refused its arguments',
  XX000: 'internal error of the server',
  XX001: 'damaged data on the server',
  XX002: 'damaged index on the server',
}

/**
 * What an SQLSTATE means, in words that never hold a value of a row (the server's own message may:
 * `invalid input syntax for type integer: "Alice"`).
 */
export function describeSqlState(code: string): string {
  const condition = CONDITIONS[code]
  return condition ? `${condition} (SQLSTATE ${code})` : `SQLSTATE ${code}`
}

/** Class 42 and a few more speak of the statement, not of a row: their messages may be shown. */
export function speaksOfStatement(code: string): boolean {
  return (
    code.startsWith('42') || ['0A000', '25006', '3D000', '3F000', '53300', '55000', '55006'].includes(code)
  )
}
