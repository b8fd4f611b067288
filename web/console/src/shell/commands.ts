import type { CaseRow, PlaceHit } from '@shared/api/types'
import type { IconName } from '@shared/ui/icons'
import type { Status } from '@shared/ui/status'

/** One line of the command bar. */
export interface Command {
  id: string
  group: 'selected' | 'cases' | 'places' | 'commands'
  title: string
  detail: string
  end: string
  icon?: IconName
  status?: Status
  cap?: string
  run: () => void
}

export interface Found {
  cases: CaseRow[]
  places: PlaceHit[]
}

/** Splits a text around the first match, so that the match can be underlined. */
export function around(text: string, query: string): [before: string, match: string, after: string] {
  const word = query.trim().toLowerCase()
  const at = word ? text.toLowerCase().indexOf(word) : -1
  if (at < 0) return [text, '', '']
  return [text.slice(0, at), text.slice(at, at + word.length), text.slice(at + word.length)]
}
