import { afterEach, beforeEach, expect, test } from 'vitest'
import { javaJars } from '../../src/stack/java.ts'
import { findProgram } from '../../src/stack/program.ts'

const path = process.env.PATH

beforeEach(() => {
  process.env.PATH = '/nowhere'
})

afterEach(() => {
  process.env.PATH = path
})

test('a machine that has neither the server nor apt is told in one sentence what to do', async () => {
  const finding = findProgram({
    title: 'Walrus',
    program: 'walrusd',
    path: 'usr/sbin/walrusd',
    packages: ['walrus-server'],
    suite: null,
    remedy: 'install Walrus, or set MILLRACE_WALRUS_URL to one that runs',
  })
  await expect(finding).rejects.toMatchObject({
    code: 'STACK_MISSING',
    message:
      'Walrus is missing and cannot be unpacked here: install Walrus, or set MILLRACE_WALRUS_URL to one that runs.',
  })
})

test('a machine without Java is told so', async () => {
  const jars = javaJars({ title: 'Kafka', name: 'kafka-none', pom: '', variable: 'MILLRACE_LOG' })
  await expect(jars).rejects.toMatchObject({
    code: 'STACK_MISSING',
    message: 'Kafka needs Java 17: install openjdk-17-jre-headless and maven, or set MILLRACE_LOG.',
  })
})
