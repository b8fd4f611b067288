import { newKey } from '@shared/api/client'
import { language, pick } from '@shared/i18n'
import type { CitizenState } from '../state'

const TITLE_CHARS = 24

/** Hands the draft to the outbox in one transaction and gives the key of the write; sending goes on by itself. */
export async function sendReport(state: CitizenState, place: string): Promise<string> {
  const { draft } = state
  const { form } = draft
  const key = newKey()
  const about = pick(form.classZh, form.classEn) || form.text.trim().slice(0, TITLE_CHARS) || (language.value === 'zh' ? '照片报告' : 'Report by photo')
  await state.outbox.add([{ key, kind: 'report', title: [about, place].filter(Boolean).join(' · '), path: '/reports', body: draft.body(), shots: draft.shots() }], draft.ending)
  draft.reset()
  return key
}
