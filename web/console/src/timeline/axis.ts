import { STATUSES, type Status } from '@shared/ui/status'

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

/** Side of a mark's button, pixels: the smallest that a finger or a shaking hand hits (WCAG 2.2, 2.5.8). */
export const MARK_PX = 24

/** Alarms whose buttons would cover each other, behind one button. */
export interface Mark {
  /** Left edge of the button; the whole button lies on the axis. */
  left: number
  severity: Status
  alarms: AlarmMark[]
}

/** Buttons of the alarms from left to right: none sticks out of the axis, none covers another, each looks like the most pressing alarm behind it. */
export function marksOf(axis: Axis, width: number): Mark[] {
  const [since, until] = [Date.parse(axis.since), Date.parse(axis.until)]
  const leftOf = (alarm: AlarmMark): number => Math.max(0, Math.min(width - MARK_PX, xOf(Date.parse(alarm.raised_at), since, until, width) - MARK_PX / 2))
  const found: Mark[] = []
  for (const alarm of [...axis.alarms].sort((a, b) => Date.parse(a.raised_at) - Date.parse(b.raised_at))) {
    const left = leftOf(alarm)
    const last = found.at(-1)
    if (!last || left - last.left >= MARK_PX) found.push({ left, severity: alarm.severity, alarms: [alarm] })
    else {
      last.alarms.push(alarm)
      if (STATUSES.indexOf(alarm.severity) < STATUSES.indexOf(last.severity)) last.severity = alarm.severity
    }
  }
  return found
}
