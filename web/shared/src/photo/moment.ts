import type { CasePhoto, HistoryEntry } from '../api/types'

/** When a photo was taken; where the camera did not say, when it was handed in. */
export function photoMoment(photo: Pick<CasePhoto, 'id' | 'taken_at'>, history: readonly HistoryEntry[]): string | null {
  return photo.taken_at ?? history.find((entry) => entry.photos.some((one) => one.id === photo.id))?.at ?? null
}
