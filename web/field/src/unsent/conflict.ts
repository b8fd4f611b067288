import type { CaseCard, HistoryEntry } from '@shared/api/types'
import type { Entry } from '@shared/outbox/entry'

/** What can be done with a step that the platform did not take. */
export type Choice = 'again' | 'comment'

/** The choices that the loop leaves now, the better one first; throwing it away is always one and is not listed. */
export function choicesOf(entry: Pick<Entry, 'body' | 'state'>, card: Pick<CaseCard, 'actions' | 'version'>, seen: number | null): Choice[] {
  const may = new Set(card.actions.map((action) => action.verb))
  const choices: Choice[] = []
  const moved = entry.state === 'stale' || card.version !== seen
  if (moved && may.has(String(entry.body.verb ?? ''))) choices.push('again')
  if (may.has('comment') && entry.body.verb !== 'comment') choices.push('comment')
  return choices
}

/** The steps of others since the person looked: the history's entries from the version seen on, newest last. */
export function sinceSeen(card: Pick<CaseCard, 'history'>, madeAt: number): HistoryEntry[] {
  const later = card.history.filter((one) => Date.parse(one.at) > madeAt)
  return later.length ? later : card.history.slice(-1)
}

/** What was to be said, as a comment: words, photos and place stay, the step itself does not happen. */
export function asComment(entry: Pick<Entry, 'body' | 'title'>): Record<string, unknown> {
  const note = typeof entry.body.note === 'string' ? entry.body.note : ''
  return { verb: 'comment', note: [entry.title, note].filter(Boolean).join(' · ') }
}
