import { newKey } from '../api/client'
import type { Fix } from '../geo/position'
import { readExif } from '../photo/exif'
import type { Shot } from './entry'
import type { Change, Shelf } from './shelf'

/** A file from the camera as a shot and the change that keeps its bytes; `fix` is where the phone is now, if it knows. */
export async function shotOf(file: File, fix: Fix | null, now: number): Promise<{ shot: Shot; bytes: ArrayBuffer; keep: Change }> {
  const bytes = await file.arrayBuffer()
  const exif = readExif(bytes)
  const placed = exif.lon !== null && exif.lat !== null
  const shot: Shot = {
    key: newKey(),
    name: file.name || 'photo.jpg',
    type: file.type || 'image/jpeg',
    bytes: file.size,
    takenAt: exif.takenAt ?? new Date(now).toISOString(),
    lon: placed ? exif.lon : (fix?.lon ?? null),
    lat: placed ? exif.lat : (fix?.lat ?? null),
    sentId: null,
  }
  return { shot, bytes, keep: { room: 'bytes', key: shot.key, value: bytes } }
}

/** Addresses of pictures that are on the phone, for <img>; freed when the screen goes. */
export class ShotPictures {
  private readonly urls = new Map<string, string>()

  constructor(private readonly shelf: Shelf) {}

  async url(shot: Shot): Promise<string> {
    const known = this.urls.get(shot.key)
    if (known) return known
    const bytes = await this.shelf.get<ArrayBuffer>('bytes', shot.key)
    return bytes ? this.hold(shot, bytes) : ''
  }

  hold(shot: Shot, bytes: ArrayBuffer): string {
    const url = URL.createObjectURL(new Blob([bytes], { type: shot.type }))
    this.urls.set(shot.key, url)
    return url
  }

  free(): void {
    this.urls.forEach((url) => URL.revokeObjectURL(url))
    this.urls.clear()
  }
}
