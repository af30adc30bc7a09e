// Decides what people hear and when: what is amiss together is one message, told again only when there is news, and once
// when it is over. Pure: given the same looks at the same times it says the same.

import { type Incident, isPresent, type Suffered } from '../../core/incident.ts'
import type { Symptom } from '../../core/symptom.ts'

export interface GatheringTimes {
  /** How long an incident gathers what belongs to it before its first message; the other times are made of it. */
  readonly gatherMs: number
  /** How often one that lasts is told again. */
  readonly remindMs: number
}

export interface Look {
  readonly symptoms: readonly Symptom[]
  readonly nowMs: number
  readonly newId: () => string
}

export interface Notice {
  readonly kind: 'opened' | 'joined' | 'returned' | 'reminder' | 'recovered'
  readonly incident: Incident
  /** What people have not heard of yet; for one that is over, all of it. */
  readonly news: readonly Suffered[]
}

/** Times the gathering: 1 min, 5 min, 30 min where it is half a minute. */
const QUIET = 2
const AGAIN = 10
const RETURN = 60
/** One that comes back again and again is told more slowly, but never more than 10 and 30 min late. */
const AGAIN_MAX = 20
const QUIET_MAX = 60
/** So many more before growth is news, and so long after the last word. */
const GROWTH = 2
const GROWTH_AFTER = 30
/** As long as more and more joins, the first message waits, so many times the gathering at most. */
const GATHERS_MAX = 3

/** The incidents after this look; those that nobody was told of and that are over, and those long over, are gone. */
export function observe(known: readonly Incident[], look: Look, times: GatheringTimes): readonly Incident[] {
  const { nowMs, symptoms } = look
  const held = known.filter((one) => isRemembered(one, times, nowMs))
  const homes = Map.groupBy(symptoms, (symptom) => homeOf(held, symptom))
  const seen = held.map((incident) => settled(after(incident, homes.get(incident.id) ?? [], nowMs), times, nowMs))
  const strays = Map.groupBy(homes.get(null) ?? [], ({ group }) => group)
  return [...seen, ...[...strays].map(([group, all]) => opened(group, all, look))]
}

/** What is to be said of it now; null: nothing. */
export function due(incident: Incident, times: GatheringTimes, nowMs: number): Notice | null {
  const { toldAtMs, clearSinceMs, closedAtMs, returns, suffered } = incident
  if (closedAtMs !== null) return null
  if (clearSinceMs !== null) {
    const heard = suffered.filter(({ toldCount }) => toldCount !== null)
    const isQuiet = nowMs - clearSinceMs >= quietMs(incident, times)
    return isQuiet && heard.length > 0 ? { kind: 'recovered', incident, news: heard } : null
  }
  const present = suffered.filter(isPresent)
  const news = present.filter((one) => isNews(one, { incident, times, nowMs }))
  if (toldAtMs === null) {
    const isWhole = nowMs - Math.max(...present.map(({ grewAtMs }) => grewAtMs)) >= times.gatherMs / GATHERS_MAX
    const isLate = news.some(({ sinceMs }) => nowMs - sinceMs >= GATHERS_MAX * times.gatherMs)
    return news.length > 0 && (isWhole || isLate) ? { kind: 'opened', incident, news } : null
  }
  const sinceMs = nowMs - toldAtMs
  const patienceMs = Math.min(AGAIN * 2 ** returns, AGAIN_MAX) * times.gatherMs
  const isReturned = suffered.every(({ toldCount }) => toldCount === null)
  if (news.length > 0 && sinceMs >= patienceMs) return { kind: isReturned ? 'returned' : 'joined', incident, news }
  const isOld = sinceMs >= times.remindMs && !isReturned
  return isOld ? { kind: 'reminder', incident, news: present } : null
}

/** The incident once people have been told. */
export function told({ kind, incident, news }: Notice, nowMs: number): Incident {
  const heard = new Set(news.map(({ symptom }) => symptom.key))
  return {
    ...incident,
    suffered: incident.suffered.map((one) => {
      return heard.has(one.symptom.key) ? { ...one, toldCount: one.symptom.count ?? 1 } : one
    }),
    toldAtMs: nowMs,
    tellings: incident.tellings + 1,
    closedAtMs: kind === 'recovered' ? nowMs : null,
  }
}

/** Nobody needs to remember it any longer. */
export function isRemembered(incident: Incident, times: GatheringTimes, nowMs: number): boolean {
  const { closedAtMs, clearSinceMs, toldAtMs } = incident
  if (closedAtMs !== null) return nowMs - closedAtMs < RETURN * times.gatherMs
  return toldAtMs !== null || clearSinceMs === null || nowMs - clearSinceMs < quietMs(incident, times)
}

/** Where it was once it stays, whatever its cause seems to be by now; what is new goes by its group. */
function homeOf(incidents: readonly Incident[], { key, group }: Symptom): string | null {
  const open = incidents.filter(({ closedAtMs }) => closedAtMs === null)
  const has = ({ suffered }: Incident) => suffered.some(({ symptom }) => symptom.key === key)
  const is = (one: Incident) => one.group === group
  return (open.find(has) ?? open.find(is) ?? incidents.find(is))?.id ?? null
}

function opened(group: string, symptoms: readonly Symptom[], { nowMs, newId }: Look): Incident {
  const suffered = symptoms.map((symptom) => begun(symptom, nowMs))
  const fresh = { toldAtMs: null, tellings: 0, clearSinceMs: null, closedAtMs: null, returns: 0 }
  return { id: newId(), group, openedAtMs: nowMs, suffered, ...fresh }
}

function after(incident: Incident, symptoms: readonly Symptom[], nowMs: number): Incident {
  if (incident.closedAtMs !== null) return symptoms.length === 0 ? incident : returned(incident, symptoms, nowMs)
  const present = new Map(symptoms.map((symptom) => [symptom.key, symptom]))
  const before = incident.suffered.map((one): Suffered => {
    const symptom = present.get(one.symptom.key)
    present.delete(one.symptom.key)
    if (symptom === undefined) return { ...one, clearedAtMs: one.clearedAtMs ?? nowMs }
    const isMore = (symptom.count ?? 0) > (one.symptom.count ?? 0)
    return { ...one, symptom, clearedAtMs: null, grewAtMs: isMore ? nowMs : one.grewAtMs }
  })
  const added = [...present.values()].map((symptom) => begun(symptom, nowMs))
  const suffered = [...before, ...added]
  const isClear = !suffered.some(isPresent)
  return { ...incident, suffered, clearSinceMs: isClear ? (incident.clearSinceMs ?? nowMs) : null }
}

function returned(incident: Incident, symptoms: readonly Symptom[], nowMs: number): Incident {
  const suffered = symptoms.map((symptom) => begun(symptom, nowMs))
  return { ...incident, suffered, clearSinceMs: null, closedAtMs: null, returns: incident.returns + 1 }
}

/** What came back and went again before anybody heard of it is over, without a word. */
function settled(incident: Incident, times: GatheringTimes, nowMs: number): Incident {
  const { clearSinceMs, closedAtMs, toldAtMs, suffered } = incident
  const isOver = clearSinceMs !== null && nowMs - clearSinceMs >= quietMs(incident, times)
  const isUnheard = toldAtMs !== null && suffered.every(({ toldCount }) => toldCount === null)
  return isOver && isUnheard && closedAtMs === null ? { ...incident, closedAtMs: nowMs } : incident
}

function begun(symptom: Symptom, nowMs: number): Suffered {
  return { symptom, sinceMs: nowMs, grewAtMs: nowMs, clearedAtMs: null, toldCount: null }
}

interface Asked {
  readonly incident: Incident
  readonly times: GatheringTimes
  readonly nowMs: number
}

function isNews({ symptom, sinceMs, toldCount }: Suffered, { incident, times, nowMs }: Asked): boolean {
  if (toldCount === null) return nowMs - sinceMs >= Math.max(times.gatherMs, symptom.lastsMs)
  const isGrown = symptom.count !== null && symptom.count >= GROWTH * toldCount
  return isGrown && nowMs - (incident.toldAtMs ?? nowMs) >= GROWTH_AFTER * times.gatherMs
}

function quietMs({ returns }: Incident, { gatherMs }: GatheringTimes): number {
  return Math.min(QUIET * 2 ** returns, QUIET_MAX) * gatherMs
}
