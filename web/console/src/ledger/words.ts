import type { LedgerEntry } from '@shared/api/types'
import type { IconName } from '@shared/ui/icons'

/** A ledger action in the reader's words; one that has none is shown as it is written in the ledger. */
export function actionWords(action: string, t: (key: string) => string, te: (key: string) => boolean): string {
  const whole = `ledgerAction.${action.replaceAll('.', '_')}`
  if (te(whole)) return t(whole)
  const verb = `ledgerAction.${action.split('.').at(-1) ?? ''}`
  return te(verb) ? t(verb) : action
}

const ICON_OF: Record<string, IconName> = { case: 'case', person: 'me', grant: 'lock', key: 'lock', session: 'lock', photo: 'photo', place: 'pin', component: 'pin', notice: 'bell', unit: 'unit' }

/** A look is an eye; a change shows the kind of thing it changed. */
export function iconOf(entry: Pick<LedgerEntry, 'looked' | 'subject'>): IconName {
  if (entry.looked) return 'eye'
  return ICON_OF[entry.subject.split(':')[0] ?? ''] ?? 'ledger'
}
