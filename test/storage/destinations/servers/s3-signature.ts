import { createHash, createHmac, timingSafeEqual } from 'node:crypto'

export interface Keys {
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

const MINUTES_15 = 15 * 60_000

/**
 * Checks a request against AWS Signature Version 4 with a signed payload. Gives the code of the error that S3 answers
 * with, undefined where all is well.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
 */
export function signatureError(request: Request, body: Uint8Array, keys: Keys): string | undefined {
  const authorization = request.headers.get('authorization') ?? ''
  const parsed =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(
      authorization,
    )
  if (!parsed) return 'AccessDenied'
  const [, key, day, region, signedHeaders, signature] = parsed as unknown as string[]
  if (key !== keys.accessKeyId) return 'InvalidAccessKeyId'
  const hash = request.headers.get('x-amz-content-sha256') ?? ''
  if (hash !== createHash('sha256').update(body).digest('hex')) return 'XAmzContentSHA256Mismatch'
  const time = request.headers.get('x-amz-date') ?? ''
  const at = Date.parse(time.replace(/^(....)(..)(..)T(..)(..)(..)Z$/, '$1-$2-$3T$4:$5:$6Z'))
  if (!(Math.abs(Date.now() - at) < MINUTES_15)) return 'RequestTimeTooSkewed'

  const names = (signedHeaders ?? '').split(';')
  if (!names.includes('host')) return 'AccessDenied'
  const { pathname, search } = new URL(request.url)
  const canonical = [
    request.method,
    pathname,
    search
      .slice(1)
      .split('&')
      .filter(Boolean)
      .map((pair) => (pair.includes('=') ? pair : `${pair}=`))
      .sort()
      .join('&'),
    ...names.map((name) => `${name}:${(request.headers.get(name) ?? '').trim().replace(/ +/g, ' ')}`),
    '',
    signedHeaders,
    hash,
  ].join('\n')
  const scope = `${day}/${region}/s3/aws4_request`
  const toSign = ['AWS4-HMAC-SHA256', time, scope, createHash('sha256').update(canonical).digest('hex')].join(
    '\n',
  )
  const signingKey = [day, region, 's3', 'aws4_request'].reduce<string | Buffer>(
    (before, part) =>
      createHmac('sha256', before)
        .update(part as string)
        .digest(),
    `AWS4${keys.secretAccessKey}`,
  )
  const expected = createHmac('sha256', signingKey).update(toSign).digest()
  return timingSafeEqual(expected, Buffer.from(signature as string, 'hex'))
    ? undefined
    : 'SignatureDoesNotMatch'
}
