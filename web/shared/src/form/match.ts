import type { CaseClass, Unit } from '../api/types'

export interface Choice {
  value: string
  title: string
  detail: string
  /** Everything it can be found by, in lower case. */
  words: string
}

/** Choices that hold every word of the query; those that begin with it come first. */
export function matching(choices: readonly Choice[], query: string, limit: number): Choice[] {
  const words = query.trim().toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return choices.slice(0, limit)
  const found = choices.filter((choice) => words.every((word) => choice.words.includes(word)))
  const begins = (choice: Choice): number => (words.some((word) => choice.title.toLowerCase().startsWith(word)) ? 0 : 1)
  return found
    .map((choice, at) => ({ choice, at }))
    .sort((a, b) => begins(a.choice) - begins(b.choice) || a.at - b.at)
    .slice(0, limit)
    .map(({ choice }) => choice)
}

/** One key for a class: kind and code, since components and events number alike. */
export const classKey = (kind: string | null, code: string | null): string => (kind && code ? `${kind}:${code}` : '')

export function classChoices(classes: readonly CaseClass[], zh: boolean): Choice[] {
  return classes.map((one) => ({
    value: classKey(one.kind, one.code),
    title: zh ? one.name_zh : one.name_en || one.name_zh,
    detail: `${zh ? one.class_zh : one.class_en || one.class_zh} ${one.code}`,
    words: [one.name_zh, one.name_en, one.class_zh, one.class_en, one.code].join(' ').toLowerCase(),
  }))
}

export function unitChoices(units: readonly Unit[], zh: boolean): Choice[] {
  return units.map((one) => ({
    value: String(one.id),
    title: zh ? one.name_zh : one.name_en || one.name_zh,
    detail: one.code,
    words: [one.name_zh, one.name_en, one.code, one.kind].join(' ').toLowerCase(),
  }))
}
