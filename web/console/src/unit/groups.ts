import type { CaseRow } from '@shared/api/types'

export const UNIT_GROUPS = ['accept', 'hand', 'back', 'asked'] as const
export type UnitGroup = (typeof UNIT_GROUPS)[number]

/** Where each state stands in a unit's work; states of other desks stand nowhere here. */
const GROUP_OF: Readonly<Record<string, UnitGroup>> = {
  dispatched: 'accept',
  handling: 'hand',
  returned: 'asked',
  arbitration: 'asked',
  delay_asked: 'asked',
  suspend_asked: 'asked',
  suspended: 'asked',
  checking: 'asked',
  checked: 'asked',
}

/** Rows of a unit by what it has to do; a case in hand whose check failed is one sent back. */
export function groupsOf(rows: readonly (CaseRow & { reworks?: number })[]): { name: UnitGroup; rows: CaseRow[] }[] {
  const nameOf = (row: CaseRow & { reworks?: number }): UnitGroup | undefined =>
    GROUP_OF[row.state] === 'hand' && (row.reworks ?? 0) > 0 ? 'back' : GROUP_OF[row.state]
  return UNIT_GROUPS.map((name) => ({ name, rows: rows.filter((row) => nameOf(row) === name) }))
}
