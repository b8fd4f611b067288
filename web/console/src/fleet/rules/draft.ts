import type { Hours, Param, RuleRow, RuleShape, RuleWords } from '../doors'

/** A rule while it is written. Numbers stand as they were typed. */
export interface Draft extends Omit<RuleWords, 'params'> {
  params: Record<string, unknown>
}

export function fresh(area: string, fence: string): Draft {
  return {
    code: '', kind: 'no_go', name_zh: '', name_en: '', fences: fence ? [fence] : [], kinds: [], firms: [], lists: [], plates: [], params: {}, weekly: [], holidays: '', occasion: '', permit_kinds: [], severity: 'high',
    case_class: '', source: '', confidence: 'local', area,
  }
}

const LISTS = ['fences', 'kinds', 'firms', 'lists', 'plates', 'permit_kinds'] as const

export function draftOf(row: RuleRow): Draft {
  const made = fresh(row.area, '')
  const words = Object.fromEntries(Object.keys(made).map((name) => [name, row[name as keyof RuleWords]])) as unknown as Draft
  LISTS.forEach((name) => { words[name] = [...row[name]] })
  return { ...words, params: { ...row.params }, weekly: row.weekly.map((hours) => [...hours] as Hours) }
}

/** What the server is sent: no fences for a kind that names none, no empty numbers, and of numbers only those of the kind. */
export function saidOf(draft: Draft, shape: RuleShape | undefined): RuleWords {
  const params = Object.fromEntries((shape?.params ?? []).flatMap((param) => {
    const value = valueOf(param, draft.params[param.name])
    return value === null ? [] : [[param.name, value]]
  }))
  return { ...draft, fences: shape?.fences === 'none' ? [] : draft.fences, params }
}

function valueOf(param: Param, value: unknown): unknown {
  if (param.form === 'some') return Array.isArray(value) && value.length ? value : null
  if (param.form === 'flag') return value === true ? true : null
  if (value === '' || value === null || value === undefined) return null
  return param.form === 'number' ? Number(value) : value
}

/** Hours of several days at once, without those that are there already. */
export function withHours(weekly: readonly Hours[], days: readonly number[], from: string, to: string): Hours[] {
  const there = new Set(weekly.map((one) => one.join()))
  const more = days.map((day): Hours => [day, from, to]).filter((one) => !there.has(one.join()))
  return [...weekly, ...more].sort((a, b) => a[0] - b[0] || a[1].localeCompare(b[1]))
}

/** Words separated by blanks or commas, Chinese ones too. */
export const split = (text: string): string[] => text.split(/[\s,,、]+/).filter(Boolean)
