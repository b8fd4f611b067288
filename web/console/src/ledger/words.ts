import type { LedgerEntry } from '@shared/api/types'
import { seatName } from '@shared/api/seats'
import { pick } from '@shared/i18n'
import type { IconName } from '@shared/ui/icons'
import type { LoopState } from '../loop'

export interface Words {
  t: (key: string) => string
  te: (key: string) => boolean
}

/** A ledger action in the reader's words; one that has none is shown as it is written in the ledger. */
export function actionWords(action: string, { t, te }: Words): string {
  const whole = `ledgerAction.${action.replaceAll('.', '_')}`
  if (te(whole)) return t(whole)
  const verb = `ledgerAction.${action.split('.').at(-1) ?? ''}`
  return te(verb) ? t(verb) : action
}

/** Who did it: a seat by its name, the platform's own jobs as the platform. */
export function whoWords(name: string, { t }: Words): string {
  return name.startsWith('system:') ? t('alarms.platform') : seatName(name) || t('case.system')
}

/** What an entry is about: the number of a case, else the kind of thing and its number. */
export function subjectWords(subject: string, { t, te }: Words): string {
  const [kind = '', ...rest] = subject.split(':')
  const name = rest.join(':')
  if (kind === 'case' && name) return name
  return te(`ledgerSubject.${kind}`) ? `${t(`ledgerSubject.${kind}`)} ${name}`.trim() : subject
}

/** A name in the detail of an entry; one that is not known is shown as it is written there. */
export const nameWords = (name: string, { t, te }: Words): string => (te(`ledgerDetail.${name}`) ? t(`ledgerDetail.${name}`) : name)

/** A value in the detail of an entry: states, duties and steps in words, lists and tables with their content. */
export function valueWords(name: string, value: unknown, words: Words, states: readonly LoopState[]): string {
  if (Array.isArray(value)) return value.map((one) => valueWords(name, one, words, states)).join(' ')
  if (value !== null && typeof value === 'object') {
    return Object.entries(value).map(([key, inner]) => `${nameWords(key, words)} ${valueWords(key, inner, words, states)}`).join(' · ')
  }
  if (typeof value === 'boolean') return words.t(value ? 'masters.yes' : 'masters.no')
  const said = value === null || value === undefined || value === '' ? '–' : String(value)
  const state = ['from', 'to', 'state'].includes(name) ? states.find((one) => one.state === said) : undefined
  if (state) return pick(state.zh, state.en)
  for (const group of GROUP_OF[name] ?? []) if (words.te(`${group}.${said}`)) return words.t(`${group}.${said}`)
  return said
}

/** Where the words of a value stand, by its name. */
const GROUP_OF: Readonly<Record<string, readonly string[]>> = { duty: ['duty'], verb: ['ledgerAction'], by: ['ledgerBy'], source: ['case.source'] }

/** Said elsewhere in the row, or of no use to a reader in passing. */
const LEFT_OUT = new Set(['verb', 'version', 'duty', 'duty_zh', 'grant', 'said', 'purpose'])
const SHORT = 3

/** What was seen or changed, in one line: from which state to which, else the first few details. */
export function seenWords(entry: Pick<LedgerEntry, 'detail'>, words: Words, states: readonly LoopState[]): string {
  const { from, to } = entry.detail
  if (typeof from === 'string' && typeof to === 'string') return `${valueWords('from', from, words, states)} → ${valueWords('to', to, words, states)}`
  return Object.entries(entry.detail)
    .filter(([name, value]) => !LEFT_OUT.has(name) && (value === true || (['string', 'number'].includes(typeof value) && value !== '')))
    .slice(0, SHORT)
    .map(([name, value]) => (value === true ? nameWords(name, words) : `${nameWords(name, words)} ${valueWords(name, value, words, states)}`))
    .join(' · ')
}

const ICON_OF: Record<string, IconName> = { case: 'case', person: 'me', grant: 'lock', key: 'lock', session: 'lock', photo: 'photo', place: 'pin', component: 'pin', notice: 'bell', unit: 'unit' }

/** A look is an eye; a change shows the kind of thing it changed. */
export function iconOf(entry: Pick<LedgerEntry, 'looked' | 'subject'>): IconName {
  if (entry.looked) return 'eye'
  return ICON_OF[entry.subject.split(':')[0] ?? ''] ?? 'ledger'
}
