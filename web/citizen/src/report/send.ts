import { newKey } from '@shared/api/client'
import { pick } from '@shared/i18n'
import type { NearReport } from '@shared/report/doors'
import type { CitizenState } from '../state'

const TITLE_CHARS = 24

/** Hands the draft to the outbox in one transaction and gives the key of the write; `same` is an open case that it joins. */
export async function sendReport(state: CitizenState, place: string, same?: NearReport): Promise<string> {
  const { draft } = state
  const { form } = draft
  const key = newKey()
  const words = form.text.trim()
  const kind = same ? pick(same.class_zh, same.class_en) : pick(form.classZh, form.classEn)
  const about = kind || words.slice(0, TITLE_CHARS) || pick('照片报告', 'Report by photo')
  const body = { ...draft.body(), text: words || about, ...(same ? { same_as: same.number } : {}) }
  await state.outbox.add([{ key, kind: 'report', title: [about, place].filter(Boolean).join(' · '), path: '/reports', body, shots: draft.shots() }], draft.ending)
  draft.reset()
  return key
}

/** Whether this write wanted to join a case. */
export const wantsToJoin = (body: Record<string, unknown>): boolean => typeof body.same_as === 'string' && body.same_as !== ''

/** Sends a report that could not be joined (the case was closed meanwhile) as one of its own; gives its new key. */
export async function sendAsOwn(state: CitizenState, key: string): Promise<string> {
  const entry = state.outbox.entries.value.find((one) => one.key === key)
  if (!entry) return key
  const { same_as: _left, ...body } = entry.body
  const next = newKey()
  await state.outbox.resend(key, { version: entry.version, key: next, body })
  return next
}
