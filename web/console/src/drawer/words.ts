import type { CaseCard, CaseLink } from '@shared/api/types'
import { language, pick } from '@shared/i18n'

const UNITS: Record<string, [zh: string, en: string]> = {
  natural_hour: ['小时（自然时）', 'h (round the clock)'],
  working_hour: ['工作小时', 'working hours'],
  working_day: ['工作日', 'working days'],
}

/** The limit of the filing rule in words: 2 小时（自然时）. */
export function limitWords(card: Pick<CaseCard, 'clock' | 'rule'>): string {
  const limit = card.clock?.limit ?? card.rule?.limit
  const unit = card.clock?.unit ?? card.rule?.unit
  if (limit === null || limit === undefined || limit === '') return ''
  const names = UNITS[String(unit ?? '')]
  return `${String(limit)} ${names ? (language.value === 'zh' ? names[0] : names[1]) : String(unit ?? '')}`.trim()
}

/** A `<stem>_zh` / `<stem>_en` of a record whose shape the rules decide, or its plain `<stem>`. */
export function wordOf(record: Record<string, unknown> | null | undefined, stem: string): string {
  if (!record) return ''
  const text = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? String(value) : '')
  return pick(text(record[`${stem}_zh`]), text(record[`${stem}_en`])) || text(record[stem])
}

/** The number behind a link to another case, whichever way it is given. */
export const numberOf = (link: CaseLink | string | null): string => (link === null ? '' : typeof link === 'string' ? link : link.number)

/** The place chain as words from the city down. */
export function chainOf(card: Pick<CaseCard, 'chain' | 'place_zh' | 'place_en'>): string[] {
  const { chain } = card
  if (Array.isArray(chain)) {
    return chain.map((one) => (typeof one === 'string' ? one : wordOf(one as Record<string, unknown>, 'name') || pick((one as { zh?: string }).zh, (one as { en?: string }).en))).filter(Boolean)
  }
  if (chain && typeof chain === 'object') {
    const record = chain as Record<string, unknown>
    const words = pick(asText(record.zh ?? record.chain_zh), asText(record.en ?? record.chain_en))
    if (words) return split(words)
  }
  if (typeof chain === 'string') return split(chain)
  return split(pick(card.place_zh, card.place_en))
}

const asText = (value: unknown): string => (Array.isArray(value) ? value.join(' › ') : typeof value === 'string' ? value : '')

const split = (words: string): string[] => words.split(/\s*[›>/]\s*/).filter(Boolean)
