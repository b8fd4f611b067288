import type { CaseRow, Language } from '@shared/api/types'
import { lengthWords, shortWords, timeLeft } from '@shared/time/time'
import { stationOf } from './stations'

type Translate = (key: string, named: Record<string, unknown>) => string

const MINUTE_MS = 60_000

/** Before a unit has it, the limit is for an answer; from then on, for the work. */
const AT_UNIT = 3

/** By when what is to happen; '' where no limit runs. */
export function byWords(row: Pick<CaseRow, 'due_at' | 'state'>, now: number, t: Translate): string {
  if (row.due_at === null) return ''
  return t(stationOf(row.state) < AT_UNIT ? 'follow.answerBy' : 'follow.due', { time: shortWords(row.due_at, now) })
}

/** How the limit stands, said to the reporter: still open, over, or how it ended. */
export function dueWords(row: Pick<CaseRow, 'due_at' | 'opened_at' | 'closed_at' | 'paused' | 'state'>, now: number, language: Language, t: Translate): string {
  if (row.due_at === null) return ''
  if (row.closed_at !== null) {
    if (row.state !== 'closed') return ''
    const minutes = (Date.parse(row.due_at) - Date.parse(row.closed_at)) / MINUTE_MS
    return t(minutes >= 0 ? 'follow.early' : 'follow.overdue', { left: lengthWords(Math.abs(minutes), language) })
  }
  const left = timeLeft(row.due_at, row.opened_at, now, row.paused)
  if (left.state === 'paused') return t('follow.paused', {})
  if (left.state === 'late') return t('follow.late', { left: lengthWords(-left.minutes, language) })
  return `${byWords(row, now, t)} · ${t('follow.dueLeft', { left: lengthWords(left.minutes, language) })}`
}
