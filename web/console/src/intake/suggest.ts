import type { CaseClass } from '@shared/api/types'

const SUGGESTED = 3

/** Pairs of neighbouring characters of a text, in lower case. */
function pairs(text: string): Set<string> {
  const bare = text.toLowerCase().replace(/[\s\p{P}]+/gu, '')
  const found = new Set<string>()
  for (let at = 0; at + 2 <= bare.length; at += 1) found.add(bare.slice(at, at + 2))
  return found
}

/** Classes whose name or conditions share most with what was said; a suggestion to choose from, never a choice made. */
export function suggestClasses(text: string, classes: readonly CaseClass[]): CaseClass[] {
  const said = pairs(text)
  if (said.size === 0) return []
  const scored = classes.map((one) => {
    const name = pairs(`${one.name_zh} ${one.name_en}`)
    const conditions = pairs(one.rules.map((rule) => `${rule.condition_zh} ${rule.condition_en}`).join(' '))
    let score = 0
    for (const pair of said) score += (name.has(pair) ? 3 : 0) + (conditions.has(pair) ? 1 : 0)
    return { one, score: score / Math.sqrt(name.size + 4) }
  })
  return scored.filter(({ score }) => score >= 1).sort((a, b) => b.score - a.score).slice(0, SUGGESTED).map(({ one }) => one)
}
