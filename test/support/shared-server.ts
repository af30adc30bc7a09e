// Servers shared by all test files of a run, started when first asked for. Each test makes a name space of its own in
// them (freshDatabase, freshName); a test that stops or breaks a server opens its own.

import { inject } from 'vitest'

export interface SharedServer {
  readonly url: string
}

export interface SharedDatabase extends SharedServer {
  readonly flavour: 'mysql' | 'mariadb'
  /** Of an account that may do everything; `url` is the capture account's. */
  readonly adminUrl: string
}

export type ServerName = 'mysql' | 'mariadb' | 'kafka' | 'dynamodbLocal' | 'dynoxide' | 'redis'

export function sharedMysql(): Promise<SharedDatabase> {
  return ask<SharedDatabase>('mysql')
}

export function sharedMariadb(): Promise<SharedDatabase> {
  return ask<SharedDatabase>('mariadb')
}

export function sharedKafka(): Promise<SharedServer> {
  return ask('kafka')
}

export function sharedDynamodbLocal(): Promise<SharedServer> {
  return ask('dynamodbLocal')
}

export function sharedDynoxide(): Promise<SharedServer> {
  return ask('dynoxide')
}

export function sharedRedis(): Promise<SharedServer> {
  return ask('redis')
}

async function ask<Shared extends SharedServer>(name: ServerName): Promise<Shared> {
  const answer = await fetch(`${inject('sharedServers')}/${name}`)
  if (!answer.ok) throw new Error(await answer.text())
  return (await answer.json()) as Shared
}
