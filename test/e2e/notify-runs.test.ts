// People hear of a run that failed, that it is well again only when it is done, and of its success where they asked for it: also
// when the process was killed in between.

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { RunView } from '../../src/control/run-view.ts'
import { ImportPlace } from '../support/import-place.ts'
import { inNotices, toldInAll } from '../support/in-notices.ts'
import { MailServer } from '../support/mail-server.ts'
import { until } from '../support/until.ts'

const SONGS = {
  kind: 'csv',
  file: 'songs.csv',
  dialect: { delimiter: ',', quote: '"', hasHeader: true },
  mapping: {},
  constants: {},
}
/** Never due while a test runs. */
const SCHEDULES = [{ name: 'songs', cron: '0 0 29 2 *', imports: [{ table: 'content_index', from: SONGS }] }]

test('a run that failed is told, its end too once it is taken up again after a crash and done, and its success once', async () => {
  await using mails = await MailServer.open()
  const settings = {
    ...{ MILLRACE_CONTENT_SCHEDULES: JSON.stringify(SCHEDULES), MILLRACE_SMTP_URL: mails.url },
    ...{ MILLRACE_MAIL_TO: 'ops@example.com', MILLRACE_NOTIFY_GATHER: '2s', MILLRACE_NOTIFY_DAILY: 'off' },
    MILLRACE_NOTIFY_RUNS: 'import',
  }
  await using place = await ImportPlace.open(settings)
  const asked = await place.post(`/api/schedules/${encodeURIComponent('content/songs')}/run`, {})
  const [run] = (asked.body as { readonly runs: readonly RunView[] }).runs
  const [failure] = await mails.count(1)
  expect(failure!.subject).toBe('[millrace] The import of content has failed')
  expect(failure!.said).toContain('Why: IMPORT_UNREADABLE; 0 rows read, 0 rows not taken')

  const path = place.settings.MILLRACE_LOG!.replace('file:', '')
  const isKept = async () => ((await inNotices(path, toldInAll)) === 1 ? true : null)
  await until(isKept, { what: 'it is on record' })
  await place.killed(settings)
  await writeFile(join(place.folder, 'songs.csv'), 'content_type,title\nmusic,Caminito\nmusic,\n')
  await place.resume()
  expect(await place.done(run!)).toMatchObject({ state: 'done', tally: { applied: 1, rejected: 1 } })
  const all = await until(async () => (mails.mails.length >= 4 ? mails.mails : null), {
    what: 'its end, its success, and the dead letter that it left',
  })
  const recovery = all.find(({ subject }) => subject.startsWith('[millrace] Recovered'))
  expect(recovery).toMatchObject({ subject: '[millrace] Recovered: The import of content has failed' })
  expect(recovery!.references).toBe(failure!.messageId)
  const success = all.find(({ subject }) => subject === '[millrace] Done: the import of content')
  expect(success!.said).toContain('Set aside: 1 row by validation')
  const dead = all.find(({ subject }) => subject === '[millrace] Content has 1 dead letter')
  expect(dead!.said).toContain('the last import has set aside 1 row by validation')
  expect(all).toHaveLength(4)
})
