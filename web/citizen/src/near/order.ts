import type { NearReport } from '@shared/report/doors'

/** What is still open first, by distance; then what was done, so that it can be seen that something was. */
export const openFirst = (found: readonly NearReport[]): NearReport[] =>
  [...found].sort((a, b) => Number(a.closed_at !== null) - Number(b.closed_at !== null) || a.distance_m - b.distance_m)

/** Only what is still open, by distance. */
export const stillOpen = (found: readonly NearReport[]): NearReport[] => openFirst(found).filter((one) => one.closed_at === null)
