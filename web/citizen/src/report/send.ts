import { newKey } from '@shared/api/client'
import { pick } from '@shared/i18n'
import type { NearReport } from '@shared/report/doors'
import type { CitizenState } from '../state'

const TITLE_CHARS = 24

/** Hands the draft to the outbox in one transaction and gives the key of the write; `same` is a case it belongs to. */
export async function sendReport(state: CitizenState, place: string, same?: NearReport): Promise<string> {
  const { draft } = state
  const { form } = draft
  if (same && !form.classCode) draft.chooseClass('', '', same.class_zh ?? '', same.class_en ?? '')
  const key = newKey()
  const words = form.text.trim()
  const about = pick(form.classZh, form.classEn) || words.slice(0, TITLE_CHARS) || pick('照片报告', 'Report by photo')
  const joined = same ? pick(`（与 ${same.number} 是同一件）`, ` (the same as ${same.number})`) : ''
  const body = { ...draft.body(), text: `${words || about}${joined}` }
  await state.outbox.add([{ key, kind: 'report', title: [about, place].filter(Boolean).join(' · '), path: '/reports', body, shots: draft.shots() }], draft.ending)
  draft.reset()
  return key
}
