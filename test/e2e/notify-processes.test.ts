// Several processes tell people together: each thing once, whoever suffers it, and when the one that tells is killed another
// goes on where it was. With a file and with Kafka as the log; and when that log itself is away.

import { Kafka, logLevel } from 'kafkajs'
import { expect, test } from 'vitest'
import { NOTICES } from '../../src/core/topic.ts'
import { openKafkaLog } from '../../src/log/kafka/kafka-log.ts'
import { parseKafkaUrl } from '../../src/log/kafka/kafka-url.ts'
import type { Log } from '../../src/log/log.ts'
import { openKafka } from '../../src/stack/kafka.ts'
import { openFaultProxy } from '../support/fault-proxy.ts'
import { FeedbackPlace } from '../support/feedback-place.ts'
import { inNotices, toldInAll } from '../support/in-notices.ts'
import { KafkaBehind } from '../support/kafka-behind.ts'
import { MailServer } from '../support/mail-server.ts'
import type { Millrace } from '../support/millrace.ts'
import { sharedDynoxide } from '../support/shared-server.ts'
import { until } from '../support/until.ts'

/** It is well again after twice as long: longer than another process takes to take over what a killed one delivered. */
const SETTINGS = { MILLRACE_NOTIFY_GATHER: '10s', MILLRACE_NOTIFY_DAILY: 'off', MILLRACE_MAIL_TO: 'ops@example.com' }

interface OutageOptions {
  /** Null: a file of its own. */
  readonly url: string | null
  readonly log: (path: string) => string | (() => Promise<Log>)
}

async function expectOneOutage({ url, log }: OutageOptions): Promise<void> {
  await using network = await openFaultProxy(Number(new URL((await sharedDynoxide()).url).port))
  await using mails = await MailServer.open()
  await using place = await FeedbackPlace.open(url === null ? {} : { MILLRACE_LOG: url })
  // It tells nobody, and so it is one of the two others that does.
  await place.millrace(['--role', 'capture'])
  const endpoint = network.url(place.settings.MILLRACE_DYNAMODB_ENDPOINT!)
  Object.assign(place.settings, { ...SETTINGS, MILLRACE_SMTP_URL: mails.url, MILLRACE_DYNAMODB_ENDPOINT: endpoint })
  const delivering = [await place.millrace(['--role', 'deliver']), await place.millrace(['--role', 'deliver'])]

  await network.refuse()
  // Some for each partition, so that both suffer where both have one.
  for (let venue = 0; venue < 20; venue++) await place.site.venue(`Opus ${venue}`)
  const [failure] = await mails.count(1)
  expect(failure!.subject).toContain('The delivery of feedback keeps trying')
  const kept = () => inNotices(log(place.path), toldInAll)
  await until(async () => ((await kept()) === 1 ? true : null), { what: 'it is on record', everyMs: 500 })
  const [telling, ...others] = delivering.toSorted((one, other) => Number(hasTold(other)) - Number(hasTold(one)))
  expect(others.map(hasTold)).toEqual([false])
  await telling!.kill()

  const [left] = others
  const hasTakenOver = async () => {
    const metrics = await (await fetch(`${left!.url}/metrics`)).text()
    return metrics.includes('millrace_incidents_open 1') || null
  }
  await until(hasTakenOver, { what: 'the other suffers and tells in its place', everyMs: 500 })
  expect(mails.mails).toHaveLength(1)
  await network.accept()
  const [, recovery] = await mails.count(2)
  expect(recovery!.subject).toMatch(/^\[millrace\] Recovered: The delivery of feedback/u)
  expect(recovery!.references).toBe(failure!.messageId)
  await until(async () => ((await kept()) === 2 ? true : null), { what: 'its end is on record', everyMs: 500 })
  expect(mails.mails).toHaveLength(2)
}

function hasTold({ output }: Millrace): boolean {
  return output.includes('tells people')
}

test('with a file as the log an outage is told once, and its end by another process when the first is killed', async () => {
  await expectOneOutage({ url: null, log: (path) => path })
})

test('with Kafka as the log too', async () => {
  await using kafka = await openKafka()
  await expectOneOutage({ url: kafka.url, log: () => () => openKafkaLog(parseKafkaUrl(kafka.url)) })
})

test('a log that is away is told while it is, and its end once it is back, by several processes once', async () => {
  await using behind = await KafkaBehind.open()
  await using mails = await MailServer.open()
  await using place = await FeedbackPlace.open({
    ...{ ...SETTINGS, MILLRACE_NOTIFY_GATHER: '2s', MILLRACE_SMTP_URL: mails.url },
    MILLRACE_LOG: behind.kafka.url,
  })
  await place.millrace(['--role', 'capture'])
  await place.millrace(['--role', 'deliver'])
  await until(() => areFollowing(behind.kafka.url, 2), { what: 'both know which of them tells', everyMs: 500 })
  await behind.stop()
  const [failure] = await mails.count(1)
  expect(failure!.said).toContain('The log does not answer')
  await behind.start()
  const recovered = async () => mails.mails.find(({ subject }) => subject.startsWith('[millrace] Recovered: ')) ?? null
  const recovery = await until(recovered, { what: 'its end', withinMs: 120_000 })
  expect(recovery.references).toBe(failure!.messageId)
  const log = () => openKafkaLog(parseKafkaUrl(behind.kafka.url))
  const isKept = async () => {
    const all = await inNotices(log, (book) => book.all('incident'))
    return all.length === 1 && all[0]?.closedAtMs !== null ? true : null
  }
  await until(isKept, { what: 'what was told while it was away is on record', everyMs: 500 })
  const first = mails.mails.filter(({ references }) => references === null)
  expect(first).toHaveLength(1)
})

/** So many processes have a say in who tells people. */
async function areFollowing(url: string, count: number): Promise<true | null> {
  const admin = new Kafka({ brokers: [new URL(url).host], logLevel: logLevel.NOTHING }).admin()
  await admin.connect()
  try {
    const { groups } = await admin.describeGroups([NOTICES])
    return groups[0]?.state === 'Stable' && groups[0].members.length === count ? true : null
  } finally {
    await admin.disconnect()
  }
}
