import { shallowReactive } from 'vue'
import { language } from '../i18n/language'
import type { Site, Unit } from './types'

/** English names by the Chinese ones, learnt from what the doors say in both languages. */
const english = shallowReactive(new Map<string, string>())
/** Between a seat and what is done there. */
const PART = ' · '
/** The figure or code at the end of a seat's name: `值班席 2`, `采集员 C-0301`. */
const NUMBERED = /^(.+) ([A-Z]-)?\d+$/
/** Where the duty holds, which the grants say too: `信息采集员(全市)`. */
const BRACKETED = /^(.+?) ?[(（].+[)）]$/

function learn(zh: string | undefined, en: string | undefined): void {
  if (!zh || !en || english.has(zh)) return
  english.set(zh, en)
  for (const ending of [NUMBERED, BRACKETED]) {
    const stems = [ending.exec(zh)?.[1], ending.exec(en)?.[1]] as const
    if (stems[0] && stems[1]) english.set(stems[0], stems[1])
  }
}

/** Takes the demo's seats, which the site names as `值班席 1 · 值班席(受理)` and `Desk 1 · duty desk (accepts)`. */
export function learnSeats(site: Site): void {
  for (const one of site.demo_logins ?? []) {
    const parts = one.duty_en?.split(PART) ?? []
    one.duty_zh?.split(PART).forEach((zh, at) => learn(zh, parts[at]))
  }
}

/** Takes the units: a seat that stands for a whole unit bears the unit's name. */
export function learnUnits(units: readonly Unit[]): void {
  units.forEach((unit) => english.set(unit.name_zh, unit.name_en))
}

/** Takes how people's names are written in English; what is said of a person goes before what a seat is called. */
export function learnPeople(names: Readonly<Record<string, string>>): void {
  for (const [zh, en] of Object.entries(names)) english.set(zh, en)
}

/** The name of a person or seat in the reader's language; as it is where no English one is known. */
export function seatName(name: string | null | undefined): string {
  if (!name || language.value === 'zh') return name ?? ''
  return name.split(PART).map(partName).join(PART)
}

function partName(name: string): string {
  const stem = NUMBERED.exec(name)?.[1]
  const numbered = stem && english.get(stem)
  return english.get(name) ?? (stem && numbered ? numbered + name.slice(stem.length) : undefined) ?? english.get(BRACKETED.exec(name)?.[1] ?? '') ?? name
}
