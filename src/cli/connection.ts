import type { Command } from 'commander'
import { Secret } from '../lib/secret.ts'
import { resolveTarget } from '../postgres/connection/resolve.ts'
import type { Target } from '../postgres/connection/target.ts'

export interface ConnectionFlags {
  readonly dsn?: string
  readonly dbHost?: string
  readonly dbPort?: string
  readonly dbName?: string
  readonly dbUser?: string
  readonly dbUserPassword?: string
  readonly dbPassfile?: string
  readonly dbSslMode?: string
  readonly dbSslCaFile?: string
  readonly dbSslCertFile?: string
  readonly dbSslKeyFile?: string
}

/** Adds the options that say which database to work with. */
export function withConnection(command: Command): Command {
  return command
    .optionsGroup(
      'Database (what is not given comes from the PG* environment, .pgpass and the service file):',
    )
    .option('--dsn <string>', 'connection string: postgresql://… or "host=… dbname=…"')
    .option('--db-host <host>', 'host, address or folder of a Unix socket')
    .option('--db-port <port>', 'port')
    .option('--db-name <name>', 'database')
    .option('--db-user <name>', 'user')
    .option(
      '--db-user-password <password>',
      'password; others on this machine can see it: prefer PGPASSWORD or a file',
    )
    .option('--db-passfile <file>', 'password file in the format of .pgpass')
    .option('--db-ssl-mode <mode>', 'disable, allow, prefer, require, verify-ca or verify-full')
    .option(
      '--db-ssl-ca-file <file>',
      "certificate of the authority that signed the server's; turns on verify-full",
    )
    .option('--db-ssl-cert-file <file>', 'client certificate')
    .option('--db-ssl-key-file <file>', "client certificate's key")
}

export function targetFrom(flags: ConnectionFlags): Target {
  return resolveTarget(
    {
      dsn: flags.dsn,
      host: flags.dbHost,
      port: flags.dbPort,
      database: flags.dbName,
      user: flags.dbUser,
      password: flags.dbUserPassword === undefined ? undefined : new Secret(flags.dbUserPassword),
      passfile: flags.dbPassfile,
      tlsMode: flags.dbSslMode,
      tlsRootCertificate: flags.dbSslCaFile,
      tlsCertificate: flags.dbSslCertFile,
      tlsKey: flags.dbSslKeyFile,
    },
    process.env,
  )
}
