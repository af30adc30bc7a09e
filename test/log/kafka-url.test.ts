import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { parseKafkaUrl } from '../../src/log/kafka/kafka-url.ts'

const folder = mkdtempSync(join(tmpdir(), 'millrace-url-'))
const authority = join(folder, 'ca.pem')
writeFileSync(authority, 'PEM')
afterAll(() => rmSync(folder, { recursive: true }))

const faultOf = (url: string): string => {
  try {
    parseKafkaUrl(url)
  } catch (error) {
    return (error as Error).message
  }
  return 'none'
}

describe('a kafka:// URL', () => {
  test('names brokers; everything else has a default', () => {
    expect(parseKafkaUrl('kafka://a:9092,[::1]:9093')).toEqual({
      brokers: ['a:9092', '[::1]:9093'],
      tls: null,
      sasl: null,
      clientId: 'millrace',
      replication: null,
      compression: 'none',
    })
  })

  test('says how to sign on, how to trust, and how to write', () => {
    const url = `kafka://us%40er:p%3Aw%2Fd:x@a:1?ssl=true&ca=${authority}&sasl=SCRAM-SHA-512&replication=3&compression=zstd&client_id=me`
    expect(parseKafkaUrl(url)).toEqual({
      brokers: ['a:1'],
      tls: { authority: 'PEM' },
      sasl: { mechanism: 'scram-sha-512', username: 'us@er', password: 'p:w/d:x' },
      clientId: 'me',
      replication: 3,
      compression: 'zstd',
    })
  })

  test('with user and password alone signs on by PLAIN', () => {
    expect(parseKafkaUrl('kafka://u:p@a:1').sasl).toEqual({ mechanism: 'plain', username: 'u', password: 'p' })
  })

  test.each([
    ['http://a:1', 'begin with kafka://'],
    ['kafka://', 'names no broker'],
    ['kafka://a', 'broker "a" is not host:port'],
    ['kafka://a:0', 'broker "a:0" is not host:port'],
    ['kafka://a:1,b:70000', 'broker "b:70000" is not host:port'],
    ['kafka://u@a:1', 'before the @ it needs user:password'],
    ['kafka://u:%zz@a:1', 'before the @ it needs user:password'],
    ['kafka://a:1?sasl=plain', 'sasl=plain needs user:password@'],
    ['kafka://u:p@a:1?sasl=md5', 'sasl=md5 is none of plain, scram-sha-256, scram-sha-512'],
    ['kafka://a:1?ssl=yes', 'ssl=yes is none of true, false'],
    ['kafka://a:1?sssl=true', 'sssl is not a parameter; did you mean ssl?'],
    ['kafka://a:1?ssl=true&ca=/nowhere/ca.pem', 'ca=/nowhere/ca.pem cannot be read (ENOENT)'],
    [`kafka://a:1?ca=${authority}`, 'ca, cert and key need ssl=true'],
    [`kafka://a:1?ssl=true&cert=${authority}`, 'cert and key belong together'],
    ['kafka://a:1?replication=0', 'replication=0 is not a number from 1 to 99'],
    ['kafka://a:1?compression=lz4', 'compression=lz4 is none of none, gzip, zstd'],
  ])('%s is refused: %s', (url, why) => {
    expect(faultOf(url)).toContain(why)
  })

  test('reports all its faults together, and never the password', () => {
    const fault = faultOf('kafka://user:secret@a,b:x?ssl=maybe&sasl=none&wrong=1')
    for (const part of ['broker "a"', 'broker "b:x"', 'ssl=maybe', 'sasl=none', 'wrong']) expect(fault).toContain(part)
    expect(fault).not.toContain('secret')
  })
})
