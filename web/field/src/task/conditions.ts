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
  const zh = said(card.rule, 'closing_zh', 'closing_condition_zh')
  const en = said(card.rule, 'closing_en', 'closing_condition_en')
  const english = en.split(/[,;]\s*/).filter(Boolean)
  for (const between of BETWEEN) {
    const parts = zh.split(between).filter(Boolean)
    if (parts.length === english.length) return parts.map((part, index) => ({ zh: part.trim(), en: (english[index] ?? part).trim() }))
  }
  return zh ? [{ zh, en: en || zh }] : []
}

/** The filing condition, for the one who verifies. */
export function filingOf(card: Pick<CaseCard, 'rule'>): Condition | null {
  const zh = said(card.rule, 'condition_zh', 'filing_condition_zh')
  return zh ? { zh, en: said(card.rule, 'condition_en', 'filing_condition_en') || zh } : null
}

function said(rule: CaseCard['rule'], ...names: string[]): string {
  for (const name of names) {
    const value = rule?.[name]
    if (typeof value === 'string' && value.trim()) return value.trim()
  }
  return ''
}
