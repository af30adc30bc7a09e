// The words for an incident: what, why, since when, what to do, and when it was over again.

import { capital } from '../../core/capital.ts'
import { CAUSES } from '../../core/cause.ts'
import { counted } from '../../core/counted.ts'
import { isPresent, type Suffered } from '../../core/incident.ts'
import { spoken } from '../../core/spoken.ts'
import type { Notice } from './gathering.ts'
import { headline } from './headline.ts'
import { heldBackNotes } from './held-back.ts'
import type { Fact, Message, Section } from './message.ts'

export interface Telling {
  readonly nowMs: number
  /** Where people reach the console, without a slash at the end; null where nobody knows. */
  readonly console: string | null
  /** Subjects of what could not be told for there was too much, since the last message. */
  readonly heldBack: readonly string[]
}

const SECTIONS_MAX = 20

export function noticeMessage(notice: Notice, telling: Telling): Message {
  const { incident, news } = notice
  const first = messageId(incident.id, 1)
  const shown = news.slice(0, SECTIONS_MAX)
  const more = news.length - shown.length
  return {
    id: messageId(incident.id, incident.tellings + 1),
    answers: incident.tellings === 0 ? null : first,
    tone: notice.kind === 'recovered' ? 'good' : toneOf(news),
    subject: subjectOf(notice),
    lead: leadOf(notice, telling.nowMs),
    sections: shown.map((one) => sectionOf(one, notice, telling)),
    notes: [
      ...(more > 0 ? [`${counted(more, 'more thing')} of the same kind; the console has all.`] : []),
      ...heldBackNotes(telling.heldBack),
      `Incident ${shortId(incident.id)}. What the servers said is in the log of millrace, and nowhere else.`,
    ],
  }
}

export function subjectOf({ kind, incident, news }: Notice): string {
  // The same words in all of its messages keep them together where only the subject is looked at.
  const what = headline(incident, kind === 'recovered' ? news : incident.suffered.filter(isPresent))
  const prefix = { opened: '', joined: 'More: ', returned: 'Again: ', reminder: 'Still: ', recovered: 'Recovered: ' }
  return `[millrace] ${prefix[kind]}${what}`
}

function shortId(id: string): string {
  return id.slice(0, 8)
}

function messageId(incident: string, number: number): string {
  return `${incident}.${number}`
}

function leadOf({ kind, incident, news }: Notice, nowMs: number): string {
  const began = Math.min(...incident.suffered.map(({ sinceMs }) => sinceMs))
  const lasted = spoken(((incident.clearSinceMs ?? nowMs) - began) / 1000)
  switch (kind) {
    case 'opened':
      return `${capital(counted(news.length, 'thing'))} ${news.length === 1 ? 'needs' : 'need'} a look, since ${utc(began)}.`
    case 'joined':
      return `There is more to an incident that has been open for ${lasted}.`
    case 'returned':
      return `What was over is back: the ${ordinal(incident.returns)} time within short. Its recovery will be told more slowly.`
    case 'reminder':
      return `This has been open for ${lasted}, and nothing new has joined.`
    case 'recovered':
      return `Everything of this incident is well again. It lasted ${lasted}: from ${utc(began)} to ${utc(incident.clearSinceMs ?? nowMs)}.`
  }
}

function sectionOf({ symptom, sinceMs }: Suffered, { kind }: Notice, { console }: Telling): Section {
  const { what, why, cause, mend, command, link } = symptom
  const isOver = kind === 'recovered'
  const facts: readonly (Fact | null)[] = [
    { label: 'Why', text: why },
    cause === null ? null : { label: 'Cause', text: `${cause}: ${CAUSES[cause]}` },
    { label: 'Since', text: utc(sinceMs) },
    isOver ? null : { label: 'To do', text: mend },
  ]
  return {
    title: capital(what),
    facts: facts.filter((fact) => fact !== null),
    command: isOver ? null : command,
    link: isOver || link === null || console === null ? null : `${console}/${link}`,
  }
}

function toneOf(news: readonly Suffered[]): Message['tone'] {
  return news.some(({ symptom }) => symptom.severity === 'critical') ? 'critical' : 'warning'
}

/** To the second, as a person reads it. */
function utc(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} UTC`
}

function ordinal(number: number): string {
  const endings: Readonly<Record<string, string>> = { one: 'st', two: 'nd', few: 'rd', other: 'th' }
  // The first return is its second time.
  const time = number + 1
  return `${time}${endings[new Intl.PluralRules('en', { type: 'ordinal' }).select(time)] ?? 'th'}`
}
