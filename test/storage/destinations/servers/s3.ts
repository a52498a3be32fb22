import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { TestFolder } from '../../../server/folder.ts'
import { freePort, untilListening } from './port.ts'

const BUCKET = 'backups'
const KEYS = { accessKeyId: 'AKIATESTTESTTESTTEST', secretAccessKey: 'only+for/tests=wJalrXUtnFEMI' }

/**
 * A server of S3's protocol in a process of its own: that of `s3-process.ts`, or Versity's S3 gateway
 * (github.com/versity/versitygw) where PGVEIL_TEST_VERSITYGW names its program. Declare it by `await using`.
 */
export class S3Server implements AsyncDisposable {
  #child: Bun.Subprocess | undefined

  private constructor(
    readonly port: number,
    readonly folder: TestFolder,
    readonly delay: number,
  ) {}

  /** `delay`: milliseconds that it takes over each body. */
  static async start({ delay = 0 } = {}): Promise<S3Server> {
    const server = new S3Server(await freePort(), await TestFolder.create(), delay)
    mkdirSync(server.folder.file(`root/${BUCKET}`), { recursive: true })
    await server.run()
    return server
  }

  /** The config of a destination in its bucket. */
  get config() {
    return {
      endpoint: `http://127.0.0.1:${this.port}`,
      region: 'us-east-1',
      bucket: BUCKET,
      ...KEYS,
      forcePathStyle: true,
    }
  }

  /** Keys of objects below a prefix, and of uploads that were begun, asked for by a client of its own. */
  async keysBelow(prefix: string): Promise<string[]> {
    const { ListMultipartUploadsCommand, paginateListObjectsV2, S3Client } = await import(
      '@aws-sdk/client-s3'
    )
    const client = new S3Client({ ...this.config, credentials: { ...KEYS } })
    const keys: string[] = []
    for await (const page of paginateListObjectsV2({ client }, { Bucket: BUCKET, Prefix: prefix })) {
      keys.push(...(page.Contents ?? []).map(({ Key }) => Key ?? ''))
    }
    const { Uploads } = await client.send(new ListMultipartUploadsCommand({ Bucket: BUCKET, Prefix: prefix }))
    client.destroy()
    return [...keys, ...(Uploads ?? []).map(({ Key }) => `upload of ${Key}`)].map((key) =>
      key.replace(prefix, ''),
    )
  }

  /** Begins uploads, as writers do that are killed. */
  async beginUploads(keys: readonly string[]): Promise<void> {
    const { CreateMultipartUploadCommand, S3Client } = await import('@aws-sdk/client-s3')
    const client = new S3Client({ ...this.config, credentials: { ...KEYS } })
    for (const Key of keys) await client.send(new CreateMultipartUploadCommand({ Bucket: BUCKET, Key }))
    client.destroy()
  }

  /** Puts objects there under any keys. */
  async putObjects(keys: readonly string[]): Promise<void> {
    const { PutObjectCommand, S3Client } = await import('@aws-sdk/client-s3')
    const client = new S3Client({ ...this.config, credentials: { ...KEYS } })
    for (const Key of keys) await client.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body: 'x' }))
    client.destroy()
  }

  /** Ends it as a crash does. What it holds stays. */
  async kill(): Promise<void> {
    this.#child?.kill('SIGKILL')
    await this.#child?.exited
  }

  /** Starts it, also again, with what it holds. */
  async run(): Promise<void> {
    const gateway = process.env.PGVEIL_TEST_VERSITYGW
    const root = this.folder.file('root')
    const keys = [KEYS.accessKeyId, KEYS.secretAccessKey]
    const child = Bun.spawn(
      gateway
        ? [
            gateway,
            '-p',
            `127.0.0.1:${this.port}`,
            '-a',
            ...[keys[0] ?? '', '-s', keys[1] ?? ''],
            '-q',
            'posix',
            root,
          ]
        : [
            process.execPath,
            join(import.meta.dir, 's3-process.ts'),
            ...[this.folder.path, `${this.port}`, BUCKET, ...keys, `${this.delay}`],
          ],
      { stdin: 'ignore', stdout: 'ignore', stderr: Bun.file(this.folder.file('complaints')) },
    )
    this.#child = child
    await untilListening(this.port, child, () => `see ${this.folder.file('complaints')}`)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill()
    await this.folder[Symbol.asyncDispose]()
  }
}
