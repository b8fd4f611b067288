import type { CasePhoto } from '@shared/api/types'

/** The first photo of the report and the newest one of the work: what was, and what is. */
export function beforeAfter(photos: readonly CasePhoto[]): { before: CasePhoto; after: CasePhoto } | null {
  const before = photos.find((photo) => photo.kind === 'report')
  const after = photos.findLast((photo) => photo.kind === 'check') ?? photos.findLast((photo) => photo.kind === 'handle')
  return before && after ? { before, after } : null
}
