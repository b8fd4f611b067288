import type { Language } from '../api/types'

const MINUTE_MS = 60_000
const HOUR_MIN = 60
const DAY_MIN = 24 * HOUR_MIN

/** Under this many minutes a deadline is drawn as near. */
export const SOON_MIN = 30

/** Wall time of the city, wherever the screen stands. */
export const CITY_ZONE = 'Asia/Shanghai'

export type TimeState = 'ok' | 'soon' | 'late' | 'paused' | 'none'

export interface TimeLeft {
  state: TimeState
  /** Part of the whole limit that is left, 0..1. */
  part: number
  minutes: number
}

/** How a deadline stands at `now` (epoch ms); `from` is when its clock started. */
export function timeLeft(dueAt: string | null, from: string | null, now: number, paused = false): TimeLeft {
  if (paused) return { state: 'paused', part: 1, minutes: 0 }
  if (dueAt === null) return { state: 'none', part: 0, minutes: 0 }
  const due = Date.parse(dueAt)
  const minutes = (due - now) / MINUTE_MS
  const whole = from === null ? Number.NaN : due - Date.parse(from)
  const part = whole > 0 ? Math.min(1, Math.max(0, (due - now) / whole)) : minutes > 0 ? 1 : 0
  if (minutes < 0) return { state: 'late', part: 1, minutes }
  return { state: minutes < SOON_MIN ? 'soon' : 'ok', part, minutes }
}

/** A length of time in two units at most: 18 分, 1 时 08 分, 3 天 4 时. */
export function lengthWords(minutes: number, language: Language): string {
  const whole = Math.max(0, Math.floor(minutes))
  const days = Math.floor(whole / DAY_MIN)
  const hours = Math.floor((whole % DAY_MIN) / HOUR_MIN)
  const rest = whole % HOUR_MIN
  const zh = language === 'zh'
  if (days > 0) return zh ? `${days} 天 ${hours} 时` : `${days} d ${hours} h`
  if (hours > 0) {
    const two = String(rest).padStart(2, '0')
    return zh ? `${hours} 时 ${two} 分` : `${hours} h ${two} min`
  }
  return zh ? `${rest} 分` : `${rest} min`
}

/** The words beside a deadline: 剩 18 分 / 18 min left, 超 12 分 / 12 min over. */
export function leftWords(left: TimeLeft, language: Language): string {
  const zh = language === 'zh'
  if (left.state === 'paused') return zh ? '停表中' : 'Paused'
  if (left.state === 'none') return zh ? '无时限' : 'No limit'
  if (left.state === 'late') {
    const words = lengthWords(-left.minutes, language)
    return zh ? `超 ${words}` : `${words} over`
  }
  const words = lengthWords(left.minutes, language)
  return zh ? `剩 ${words}` : `${words} left`
}

/** The big clock of a drawer: 00:17:52, with days in front when there are any. */
export function countdown(dueAt: string, now: number, language: Language): string {
  const seconds = Math.floor(Math.abs(Date.parse(dueAt) - now) / 1000)
  const two = (value: number): string => String(value).padStart(2, '0')
  const days = Math.floor(seconds / 86_400)
  const clock = [Math.floor((seconds % 86_400) / 3600), Math.floor((seconds % 3600) / 60), seconds % 60].map(two).join(':')
  if (days === 0) return clock
  return language === 'zh' ? `${days} 天 ${clock}` : `${days} d ${clock}`
}

const formats = new Map<string, Intl.DateTimeFormat>()

function format(key: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  let made = formats.get(key)
  if (!made) {
    made = new Intl.DateTimeFormat('en-GB', { timeZone: CITY_ZONE, hourCycle: 'h23', ...options })
    formats.set(key, made)
  }
  return made
}

const parts = (at: number): Record<string, string> =>
  Object.fromEntries(
    format('full', {
      year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit',
    }).formatToParts(at).map((part) => [part.type, part.value]),
  )

/** 14:32:08 in city time. */
export function clockWords(at: number): string {
  const p = parts(at)
  return `${p.hour}:${p.minute}:${p.second}`
}

/** 2026-11-22 in city time. */
export function dateWords(at: string | number): string {
  const p = parts(typeof at === 'number' ? at : Date.parse(at))
  return `${p.year}-${p.month}-${p.day}`
}

/** 2026-11-22 14:31:58 in city time. */
export function momentWords(at: string): string {
  const p = parts(Date.parse(at))
  return `${p.year}-${p.month}-${p.day} ${p.hour}:${p.minute}:${p.second}`
}

/** 14:31 today, 11-20 14:31 this year, else the whole date. */
export function shortWords(at: string, now: number): string {
  const p = parts(Date.parse(at))
  const today = parts(now)
  const time = `${p.hour}:${p.minute}`
  if (p.year === today.year && p.month === today.month && p.day === today.day) return time
  return p.year === today.year ? `${p.month}-${p.day} ${time}` : `${p.year}-${p.month}-${p.day}`
}

/** How long ago, for ages beside data: 刚刚, 8 秒前, 3 分前. */
export function ageWords(since: number, now: number, language: Language): string {
  const seconds = Math.max(0, Math.round((now - since) / 1000))
  const zh = language === 'zh'
  if (seconds < 2) return zh ? '刚刚' : 'just now'
  if (seconds < 60) return zh ? `${seconds} 秒前` : `${seconds} s ago`
  const words = lengthWords(seconds / 60, language)
  return zh ? `${words}前` : `${words} ago`
}
