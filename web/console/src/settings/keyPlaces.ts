import type { Grant } from '@shared/api/types'

/** Duties that may make keys for other systems. */
const MAKERS = ['integrator', 'admin']

/** Where a key may act, and what that is called; an empty name is everywhere. */
export interface KeyPlace {
  where: { area: string; unit_id: number | null }
  name: string
}

/** The areas and units in which somebody may make a key, each once, in the order of their grants. */
export function keyPlaces(grants: readonly Grant[]): KeyPlace[] {
  const found = new Map<string, KeyPlace>()
  for (const { duty, area, area_name, unit_id, unit_name } of grants) {
    const key = `${area}/${unit_id ?? ''}`
    if (MAKERS.includes(duty) && !found.has(key)) found.set(key, { where: { area, unit_id }, name: [area_name || area, unit_name].filter(Boolean).join(' · ') })
  }
  return [...found.values()]
}
