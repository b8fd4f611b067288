import type { CaseCard } from '@shared/api/types'

/** One thing that has to be so before a case may close. */
export interface Condition {
  zh: string
  en: string
}

/** Ways to divide a condition into questions, finest first: an enumeration comma may join two conditions or two words of one. */
const BETWEEN = [/[，,、；;。]\s*/, /[，,；;。]\s*/]

/** The closing condition of a rule as single questions; English is split alike where it has as many parts, else shown whole. */
export function conditionsOf(card: Pick<CaseCard, 'rule'>): Condition[] {
  const zh = card.rule?.closing_zh.trim() ?? ''
  const en = card.rule?.closing_en.trim() ?? ''
  const english = en.split(/[,;]\s*/).filter(Boolean)
  for (const between of BETWEEN) {
    const parts = zh.split(between).filter(Boolean)
    if (parts.length === english.length) return parts.map((part, index) => ({ zh: part.trim(), en: (english[index] ?? part).trim() }))
  }
  return zh ? [{ zh, en: en || zh }] : []
}

/** The filing condition, for the one who verifies. */
export function filingOf(card: Pick<CaseCard, 'rule'>): Condition | null {
  const zh = card.rule?.condition_zh.trim()
  return zh ? { zh, en: card.rule?.condition_en.trim() || zh } : null
}
