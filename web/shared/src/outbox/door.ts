import { cookie, type ApiClient } from '../api/client'
import { problemOf, unreachable } from '../api/problem'
import type { Language } from '../api/types'
import type { Shot } from './entry'
import type { OutboxDoor } from './outbox'

/** The real doors behind the outbox: photos to /photos, the write to its own path. */
export function outboxDoor(client: ApiClient, language: () => Language): OutboxDoor {
  return {
    photo: (shot, bytes) => sendShot(`${client.base}/photos`, shot, bytes, language()),
    write: (path, body, key, version) => client.post(path, body, { key, version: version ?? undefined }),
  }
}

/** What the phone knew of a shot, for pictures that do not say it themselves; only where the app kept it for that. */
export function said(shot: Shot): [string, string][] {
  if (shot.accuracyM === undefined) return []
  const { lon, lat, accuracyM, headingDeg, takenAt } = shot
  // A camera's clock may name no zone: it is then read as the phone's own.
  const taken = Date.parse(takenAt ?? '')
  const known = { lon, lat, accuracy_m: accuracyM, heading_deg: headingDeg ?? null, taken_at: Number.isNaN(taken) ? null : new Date(taken).toISOString() }
  return Object.entries(known).flatMap(([name, value]): [string, string][] => (value === null ? [] : [[name, String(value)]]))
}

async function sendShot(url: string, shot: Shot, bytes: ArrayBuffer, language: Language): Promise<string> {
  const headers = new Headers({ Accept: 'application/json', 'Accept-Language': language, 'Idempotency-Key': shot.key })
  const token = cookie('csrftoken')
  if (token) headers.set('X-CSRFToken', token)
  const form = new FormData()
  form.append('file', new Blob([bytes], { type: shot.type }), shot.name)
  for (const [name, value] of said(shot)) form.append(name, value)
  if (shot.boxes?.length) form.append('boxes', JSON.stringify(shot.boxes.map((box) => [box.left, box.top, box.right, box.bottom])))
  let response: Response
  try {
    response = await fetch(url, { method: 'POST', headers, body: form, credentials: 'same-origin' })
  } catch {
    throw unreachable(language)
  }
  if (!response.ok) throw await problemOf(response, language)
  return String(((await response.json()) as { id: string | number }).id)
}
