import type { QueueView } from '@shared/api/types'
import type { Words } from '../cases/views'
import type { QueueFilter } from './queue'

const KNOWN = new Set(['view', 'state', 'class', 'unit', 'q', 'sort'])
const VIEWS: readonly string[] = ['all', 'mine', 'unacknowledged', 'due', 'late']

/** The filter of the queue that asks for the same; null when the queue cannot, because the view has an area, a day or a box. */
export function filterOf(words: Words): QueueFilter | null {
  if (Object.keys(words).some((name) => !KNOWN.has(name))) return null
  const view = words.view ?? 'all'
  if (!VIEWS.includes(view)) return null
  return { view: view as QueueView, state: words.state ?? '', class: words.class ?? '', unit: words.unit ?? '', q: words.q ?? '' }
}
