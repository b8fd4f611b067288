import type { CaseCard } from '@shared/api/types'

/** One thing that has to be so before a case may close. */
export interface Condition {
  zh: string
  en: string
}

const BETWEEN = /[，,、；;。]\s*/
/** A comma inside a phrase that cannot stand alone ends up shorter than this; it stays with its neighbour. */
const LEAST_CHARS = 2

/** The closing condition of a rule as single questions; English is split alike where it has as many parts, else shown whole. */
export function conditionsOf(card: Pick<CaseCard, 'rule'>): Condition[] {
  const zh = said(card.rule, 'closing_zh', 'closing_condition_zh')
  const en = said(card.rule, 'closing_en', 'closing_condition_en')
  const parts = zh.split(BETWEEN).map((part) => part.trim()).filter((part) => part.length >= LEAST_CHARS)
  const english = en.split(/[,;]\s*/).map((part) => part.trim()).filter(Boolean)
  if (parts.length === english.length) return parts.map((part, index) => ({ zh: part, en: english[index] ?? part }))
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
