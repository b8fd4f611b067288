import { newKey } from '@shared/api/client'
import { pick } from '@shared/i18n'
import type { NewEntry, Shot } from '@shared/outbox/entry'
import type { ReportDraft } from '@shared/report/draft'

/** The writes of a collector's report; with photos from after the work, a second one that closes it on the spot. */
export function reportEntries(draft: ReportDraft, after: readonly Shot[], place: string): NewEntry[] {
  const { form } = draft
  const key = newKey()
  const title = [pick(form.classZh, form.classEn), place].filter(Boolean).join(' · ')
  const before = draft.shots()
  const report: NewEntry = { key, kind: 'case', title, path: '/cases', body: { ...draft.body(), source: 'collector' }, shots: before }
  if (after.length === 0) return [report]
  const body = { verb: 'self_handle', note: form.text.trim() }
  const pair = [...before.slice(0, 1), ...after]
  return [report, { kind: 'step', title, path: '/cases/{number}/steps', body, shots: pair, after: key }]
}
