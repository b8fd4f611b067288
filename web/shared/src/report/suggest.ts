import type { CaseClass } from '../api/types'
import { FRIENDLY, type Friendly } from './friendly'

/** A class that words point to; the higher the score, the more of them. */
export interface Suggestion {
  kind: string
  code: string
  zh: string
  en: string
  score: number
}

const LEAST_OVERLAP = 0.5

/** What the words may be about, best first: the street's own words count double the catalogue's names. */
export function suggestions(text: string, classes: readonly CaseClass[], limit: number): Suggestion[] {
  const said = text.trim().toLowerCase()
  if (said.length < 2) return []
  const found = new Map<string, Suggestion>()
  const add = (one: Suggestion): void => {
    const key = `${one.kind}:${one.code}`
    const known = found.get(key)
    if (!known || known.score < one.score) found.set(key, one)
  }
  for (const friendly of FRIENDLY) {
    const score = wordScore(said, friendly)
    if (score > 0) add({ kind: friendly.kind, code: friendly.code, zh: friendly.zh, en: friendly.en, score })
  }
  for (const one of classes) {
    const overlap = Math.max(pairOverlap(said, one.name_zh), said.includes(one.name_en.toLowerCase()) ? 1 : 0)
    if (overlap > LEAST_OVERLAP) add({ kind: one.kind, code: one.code, zh: one.name_zh, en: one.name_en, score: overlap * one.name_zh.length })
  }
  return [...found.values()].sort((a, b) => b.score - a.score).slice(0, limit)
}

/** Letters of the words that occur, twice: a longer word says more. */
function wordScore(said: string, friendly: Friendly): number {
  return friendly.words.reduce((sum, word) => sum + (said.includes(word) ? 2 * Math.min(word.length, 6) : 0), 0)
}

/** Part of a name's pairs of characters that occur in what was said, 0..1. */
function pairOverlap(said: string, name: string): number {
  if (name.length < 2) return 0
  let hits = 0
  for (let at = 0; at + 2 <= name.length; at += 1) if (said.includes(name.slice(at, at + 2))) hits += 1
  return hits / (name.length - 1)
}
