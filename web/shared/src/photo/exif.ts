/** What a JPEG says about itself; times are local to where it was taken. */
export interface ExifFacts {
  lon: number | null
  lat: number | null
  /** ISO time without offset, as cameras write it. */
  takenAt: string | null
}

const NOTHING: ExifFacts = { lon: null, lat: null, takenAt: null }
/** Tags of Exif 2.32, sections 4.6.3 to 4.6.6. */
const TAG = { exifPart: 0x8769, gpsPart: 0x8825, takenAt: 0x9003, latRef: 1, lat: 2, lonRef: 3, lon: 4 } as const
const ASCII = 2
const RATIONAL = 5
const ENTRY_BYTES = 12
/** A TIFF directory of a camera holds some dozens; more is a broken or hostile file. */
const MAX_ENTRIES = 200

interface Tiff {
  view: DataView
  start: number
  little: boolean
}

interface Tag {
  type: number
  count: number
  /** Where the value (or the offset to it) lies in the file. */
  at: number
}

/** Position and time of a photo, before it is sent; nulls where the file does not say. */
export function readExif(bytes: ArrayBuffer): ExifFacts {
  try {
    const tiff = findTiff(new DataView(bytes))
    if (!tiff) return NOTHING
    const first = directory(tiff, tiff.start + tiff.view.getUint32(tiff.start + 4, tiff.little))
    const gps = part(tiff, first, TAG.gpsPart)
    const exif = part(tiff, first, TAG.exifPart)
    const taken = exif.get(TAG.takenAt)
    return {
      lat: degrees(tiff, gps, TAG.lat, TAG.latRef, 'S', 90),
      lon: degrees(tiff, gps, TAG.lon, TAG.lonRef, 'W', 180),
      takenAt: taken ? timeOf(ascii(tiff, taken)) : null,
    }
  } catch (error) {
    // A truncated or lying file is a photo without facts, not a failure of the person.
    if (error instanceof RangeError) return NOTHING
    throw error
  }
}

function findTiff(view: DataView): Tiff | null {
  if (view.byteLength < 4 || view.getUint16(0) !== 0xffd8) return null
  let at = 2
  while (at + 10 < view.byteLength && view.getUint8(at) === 0xff) {
    const marker = view.getUint8(at + 1)
    const length = view.getUint16(at + 2)
    const isExif = marker === 0xe1 && view.getUint32(at + 4) === 0x45786966 && view.getUint16(at + 8) === 0
    if (isExif) {
      const start = at + 10
      return { view, start, little: view.getUint16(start) === 0x4949 }
    }
    if (marker === 0xda) return null
    at += 2 + length
  }
  return null
}

function directory(tiff: Tiff, at: number): Map<number, Tag> {
  const tags = new Map<number, Tag>()
  const count = Math.min(MAX_ENTRIES, tiff.view.getUint16(at, tiff.little))
  for (let index = 0; index < count; index += 1) {
    const entry = at + 2 + index * ENTRY_BYTES
    tags.set(tiff.view.getUint16(entry, tiff.little), {
      type: tiff.view.getUint16(entry + 2, tiff.little),
      count: tiff.view.getUint32(entry + 4, tiff.little),
      at: entry + 8,
    })
  }
  return tags
}

function part(tiff: Tiff, of: Map<number, Tag>, tag: number): Map<number, Tag> {
  const found = of.get(tag)
  return found ? directory(tiff, tiff.start + tiff.view.getUint32(found.at, tiff.little)) : new Map()
}

function ascii(tiff: Tiff, tag: Tag): string {
  if (tag.type !== ASCII) return ''
  const at = tag.count > 4 ? tiff.start + tiff.view.getUint32(tag.at, tiff.little) : tag.at
  let text = ''
  for (let index = 0; index < Math.min(tag.count, 64) - 1; index += 1) text += String.fromCharCode(tiff.view.getUint8(at + index))
  return text
}

function degrees(tiff: Tiff, gps: Map<number, Tag>, tag: number, refTag: number, negative: string, most: number): number | null {
  const found = gps.get(tag)
  const ref = gps.get(refTag)
  if (!found || !ref || found.type !== RATIONAL || found.count !== 3) return null
  const at = tiff.start + tiff.view.getUint32(found.at, tiff.little)
  const part = (index: number): number =>
    tiff.view.getUint32(at + index * 8, tiff.little) / tiff.view.getUint32(at + index * 8 + 4, tiff.little)
  const value = part(0) + part(1) / 60 + part(2) / 3600
  // Phones without a fix write 0/0 or zeros.
  if (!Number.isFinite(value) || value === 0 || value > most) return null
  return ascii(tiff, ref).startsWith(negative) ? -value : value
}

function timeOf(text: string): string | null {
  const found = /^(\d{4}):(\d\d):(\d\d) (\d\d:\d\d:\d\d)/.exec(text)
  return found && found[1] !== '0000' ? `${found[1]}-${found[2]}-${found[3]}T${found[4]}` : null
}
