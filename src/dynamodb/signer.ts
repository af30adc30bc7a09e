// Signs requests as AWS expects it (Signature Version 4). The day's signing key is derived once.

import { createHmac, createSecretKey, hash, type KeyObject } from 'node:crypto'

export interface Credentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
}

export interface Signable {
  readonly host: string
  readonly target: string
  readonly body: string
}

const SERVICE = 'dynamodb'

export class Signer {
  readonly #region: string
  #derivedFor = ''
  #derived: KeyObject | null = null

  constructor(region: string) {
    this.#region = region
  }

  /** The headers of this request, the signature among them. */
  sign(request: Signable, credentials: Credentials, nowMs: number): Record<string, string> {
    const time = new Date(nowMs).toISOString().replace(/[-:]|\.\d{3}/gu, '')
    const headers: Record<string, string> = {
      'content-type': 'application/x-amz-json-1.0',
      host: request.host,
      'x-amz-date': time,
      ...(credentials.sessionToken === undefined ? {} : { 'x-amz-security-token': credentials.sessionToken }),
      'x-amz-target': request.target,
    }
    const names = Object.keys(headers)
    const signed = names.join(';')
    const lines = names.map((name) => `${name}:${headers[name]}\n`).join('')
    const canonical = `POST\n/\n\n${lines}\n${signed}\n${sha256(request.body)}`
    const scope = `${time.slice(0, 8)}/${this.#region}/${SERVICE}/aws4_request`
    const signature = createHmac('sha256', this.#key(time.slice(0, 8), credentials.secretAccessKey))
      .update(`AWS4-HMAC-SHA256\n${time}\n${scope}\n${sha256(canonical)}`)
      .digest('hex')
    const credential = `Credential=${credentials.accessKeyId}/${scope}`
    headers.authorization = `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=${signed}, Signature=${signature}`
    return headers
  }

  #key(day: string, secret: string): KeyObject {
    const wanted = `${day} ${secret}`
    if (this.#derived === null || this.#derivedFor !== wanted) {
      const parts = [day, this.#region, SERVICE, 'aws4_request']
      this.#derived = createSecretKey(parts.reduce<Buffer>(hmac, Buffer.from(`AWS4${secret}`)))
      this.#derivedFor = wanted
    }
    return this.#derived
  }
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}

function sha256(text: string): string {
  return hash('sha256', text, 'hex')
}
