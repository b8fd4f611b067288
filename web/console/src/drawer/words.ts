import type { CaseCard } from '@shared/api/types'
import { pick } from '@shared/i18n'
import { limitWords } from '@shared/time/limit'

/** The limit of the case in words. */
export const caseLimit = (card: Pick<CaseCard, 'clock' | 'rule'>): string =>
  limitWords(card.clock?.limit ?? card.rule?.limit, card.clock?.unit ?? card.rule?.unit)

/** The divisions round a case, then its grid and its 15-digit cell as they are read out: 350203008002-014. */
export function chainOf(card: Pick<CaseCard, 'chain_zh' | 'chain_en' | 'place' | 'grid'>): string[] {
  const divisions = pick(card.chain_zh, card.chain_en)
  const cell = card.place.length === 15 ? `${card.place.slice(0, 12)}-${card.place.slice(12)}` : ''
  return [divisions, cell].filter(Boolean)
}
