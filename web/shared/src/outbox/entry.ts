import { newKey } from '../api/client'
import type { Box } from '../boxes/boxes'

/** A photo on the phone; its bytes lie on the shelf under `key`, which is also the idempotency key of its upload. */
export interface Shot {
  key: string
  name: string
  type: string
  bytes: number
  /** When and where it was taken: from the picture itself, else from the phone at that moment. */
  takenAt: string | null
  lon: number | null
  lat: number | null
  /** Metres of the phone's own position, and compass degrees the camera looked to; left out where they are not to be sent along. */
  accuracyM?: number | null
  headingDeg?: number | null
  /** What others must not see of it, drawn before it was sent. */
  boxes?: Box[]
  /** Its id on the server once it is there. */
  sentId: string | null
}

export type EntryState = 'waiting' | 'refused' | 'stale'

/** One write that the server has not confirmed yet; `key` makes sending it twice harmless. */
export interface Entry {
  key: string
  kind: string
  /** What the person called it, and what is inside, for the list of unsent ones. */
  title: string
  /** `{number}` stands for the case that the entry `after` opened. */
  path: string
  body: Record<string, unknown>
  photoField: string
  shots: Shot[]
  /** Version of the case the person looked at; null where none is asked for. */
  version: number | null
  /** Key of the entry that has to be confirmed first. */
  after: string | null
  madeAt: number
  state: EntryState
  tries: number
  /** The server's sentence when it said no. */
  wrong: string
  /** Number of the case this is about, '' for a new one. */
  about: string
}

/** What the server confirmed, kept for the screen that asks for it. */
export interface Answer {
  key: string
  kind: string
  at: number
  body: Record<string, unknown>
}

export type NewEntry = Pick<Entry, 'kind' | 'title' | 'path' | 'body' | 'shots'> &
  Partial<Pick<Entry, 'key' | 'photoField' | 'version' | 'after' | 'about'>>

/** An entry ready for the outbox. */
export function anEntry(wanted: NewEntry, madeAt: number): Entry {
  return {
    key: wanted.key ?? newKey(),
    kind: wanted.kind,
    title: wanted.title,
    path: wanted.path,
    body: wanted.body,
    photoField: wanted.photoField ?? 'photos',
    shots: wanted.shots,
    version: wanted.version ?? null,
    after: wanted.after ?? null,
    about: wanted.about ?? '',
    madeAt,
    state: 'waiting',
    tries: 0,
    wrong: '',
  }
}

/** Bytes of the photos that still have to go. */
export function bytesLeft(entry: Entry): number {
  return entry.shots.reduce((sum, shot) => sum + (shot.sentId ? 0 : shot.bytes), 0)
}

/** 1.8 MB, 640 kB. */
export function sizeWords(bytes: number): string {
  return bytes >= 1_000_000 ? `${(bytes / 1_000_000).toFixed(1)} MB` : `${Math.max(1, Math.round(bytes / 1000))} kB`
}
