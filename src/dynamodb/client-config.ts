// How to reach DynamoDB: what the SDK's clients of a source or a sink are made with.

import type { DynamoDBClientConfig } from '@aws-sdk/client-dynamodb'

export interface Address {
  /** Of an emulator; left out for AWS. */
  readonly endpoint?: string
  /** Left out: what the AWS variables and files say. */
  readonly region?: string
}

/** Of an emulator, when the environment names no credentials. */
const LOCAL_REGION = 'local'
const LOCAL = { accessKeyId: 'local', secretAccessKey: 'local' }

/** An endpoint of AWS's own is not one. */
export function isEmulator(endpoint: string | undefined): boolean {
  return endpoint !== undefined && !/\.amazonaws\.com(\.cn)?$/u.test(new URL(endpoint).hostname)
}

/** An emulator checks neither credentials nor region, so both may be missing. */
export function clientConfig({
  endpoint,
  region,
}: Address): Pick<DynamoDBClientConfig, 'region' | 'endpoint' | 'credentials'> {
  const given = { ...(region === undefined ? {} : { region }), ...(endpoint === undefined ? {} : { endpoint }) }
  if (!isEmulator(endpoint)) return given
  const { AWS_ACCESS_KEY_ID: id, AWS_REGION: place } = process.env
  return { region: place ?? LOCAL_REGION, ...given, ...(id === undefined ? { credentials: LOCAL } : {}) }
}
