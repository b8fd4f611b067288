import type { Status } from '@shared/ui/status'

/** What happened when, as the server counts it. */
export interface Axis {
  since: string
  until: string
  stretch_s: number
  opened: number[]
  closed: number[]
  late: number[]
  alarms: AlarmMark[]
}

export interface AlarmMark {
  id: number
  severity: Status
  title_zh: string
  title_en: string
  subject: string
  raised_at: string
  cleared_at: string | null
}

export interface Tick {
  at: number
  x: number
  words: string
}

export const SPANS_H = [4, 24, 168] as const
const HOUR_MS = 3_600_000
const STEPS_H = [0.5, 1, 2, 3, 6, 12, 24, 48]
const ROOM_PX = 64

/** Hours of the city's clock lie on whole hours of UTC (+8), so ticks can be counted from the epoch, shifted for days. */
const SHIFT_MS = 8 * HOUR_MS
const hourOf = new Intl.DateTimeFormat('en-GB', { timeZone: 'Asia/Shanghai', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
const dayOf = new Intl.DateTimeFormat('en-GB', { timeZone: 'Asia/Shanghai', month: '2-digit', day: '2-digit' })

/** Where a moment lies on an axis of this width, in pixels. */
export const xOf = (at: number, since: number, until: number, width: number): number => ((at - since) / (until - since)) * width

/** The moment under a pixel, within the axis. */
export const momentAt = (x: number, since: number, until: number, width: number): number => since + (Math.min(width, Math.max(0, x)) / Math.max(1, width)) * (until - since)

/** Whole hours with room for their words; midnight shows its day. */
export function ticksOf(since: number, until: number, width: number): Tick[] {
  const wanted = ((until - since) / Math.max(1, width)) * ROOM_PX
  const step = (STEPS_H.find((hours) => hours * HOUR_MS >= wanted) ?? 48) * HOUR_MS
  const found: Tick[] = []
  for (let at = Math.ceil((since + SHIFT_MS) / step) * step - SHIFT_MS; at <= until; at += step) {
    const midnight = (at + SHIFT_MS) % (24 * HOUR_MS) === 0
    const words = midnight ? dayOf.format(at).split('/').reverse().join('-') : hourOf.format(at)
    found.push({ at, x: xOf(at, since, until, width), words })
  }
  return found
}

export interface Bar {
  x: number
  width: number
  opened: number
  closed: number
  late: number
}

/** Heights 0..1 of the stretches, by the highest of opened and closed. */
export function barsOf(axis: Axis, width: number): Bar[] {
  const highest = Math.max(1, ...axis.opened, ...axis.closed)
  const span = Date.parse(axis.until) - Date.parse(axis.since)
  const wide = ((axis.stretch_s * 1000) / span) * width
  return axis.opened.map((opened, at) => ({
    x: at * wide, width: wide, opened: opened / highest, closed: (axis.closed[at] ?? 0) / highest, late: Math.min(1, (axis.late[at] ?? 0) / highest),
  }))
}
