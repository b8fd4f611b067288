import 'fake-indexeddb/auto'
import { describe, expect, it } from 'vitest'
import { distanceM, distanceWords, windOf } from '../src/geo/position'
import { openShelf } from '../src/outbox/shelf'
import { readExif } from '../src/photo/exif'
import { ReportDraft } from '../src/report/draft'
import { FRIENDLY } from '../src/report/friendly'
import { suggestions } from '../src/report/suggest'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const DATA = join(import.meta.dirname, '../../../data/standards')

/** A little-endian JPEG with the given EXIF directory; degrees as whole seconds. */
function aPhoto(gps: { lat: number; lon: number; south?: boolean; west?: boolean } | null, taken = '2026:11:22 14:31:58'): ArrayBuffer {
  const bytes = new Uint8Array(400)
  const view = new DataView(bytes.buffer)
  const text = (at: number, value: string): void => [...value].forEach((letter, index) => view.setUint8(at + index, letter.charCodeAt(0)))
  bytes.set([0xff, 0xd8, 0xff, 0xe1, 0x01, 0x80], 0)
  text(6, 'Exif')
  const start = 12
  text(start, 'II')
  view.setUint16(start + 2, 42, true)
  view.setUint32(start + 4, 8, true)
  const tag = (at: number, id: number, type: number, count: number, value: number): void => {
    view.setUint16(start + at, id, true)
    view.setUint16(start + at + 2, type, true)
    view.setUint32(start + at + 4, count, true)
    view.setUint32(start + at + 8, value, true)
  }
  view.setUint16(start + 8, gps ? 2 : 1, true)
  tag(10, 0x8769, 4, 1, 40)
  if (gps) tag(22, 0x8825, 4, 1, 90)
  view.setUint16(start + 40, 1, true)
  tag(42, 0x9003, 2, 20, 60)
  text(start + 60, taken)
  if (gps) {
    view.setUint16(start + 90, 4, true)
    tag(92, 1, 2, 2, (gps.south ? 'S' : 'N').charCodeAt(0))
    tag(104, 2, 5, 3, 150)
    tag(116, 3, 2, 2, (gps.west ? 'W' : 'E').charCodeAt(0))
    tag(128, 4, 5, 3, 180)
    const degrees = (at: number, value: number): void => {
      const seconds = Math.round(value * 3600 * 100)
      const parts = [[Math.floor(value), 1], [0, 1], [seconds - Math.floor(value) * 360_000, 100]]
      parts.forEach(([top, below], index) => {
        view.setUint32(start + at + index * 8, top!, true)
        view.setUint32(start + at + index * 8 + 4, below!, true)
      })
    }
    degrees(150, gps.lat)
    degrees(180, gps.lon)
  }
  return bytes.buffer
}

describe('a photo', () => {
  it('tells where and when it was taken', () => {
    const facts = readExif(aPhoto({ lat: 24.4748, lon: 118.0905 }))
    expect(facts.lat).toBeCloseTo(24.4748, 5)
    expect(facts.lon).toBeCloseTo(118.0905, 5)
    expect(facts.takenAt).toBe('2026-11-22T14:31:58')
  })

  it('knows south and west', () => {
    const facts = readExif(aPhoto({ lat: 33.5, lon: 70.25, south: true, west: true }))
    expect([facts.lat, facts.lon]).toEqual([-33.5, -70.25])
  })

  it('without a fix, cut short, or not a photo at all tells nothing', () => {
    expect(readExif(aPhoto(null)).lat).toBeNull()
    expect(readExif(aPhoto({ lat: 0, lon: 0 })).lat).toBeNull()
    expect(readExif(aPhoto({ lat: 24, lon: 118 }).slice(0, 120)).lat).toBeNull()
    expect(readExif(new TextEncoder().encode('<svg>').buffer as ArrayBuffer)).toEqual({ lon: null, lat: null, takenAt: null })
    expect(readExif(new ArrayBuffer(0)).takenAt).toBeNull()
  })
})

describe('a distance', () => {
  it('is right within a thousandth in Xiamen', () => {
    expect(distanceM(118.0905, 24.4748, 118.0905, 24.4838)).toBeGreaterThan(1000)
    expect(distanceM(118.0905, 24.4748, 118.0905, 24.4838)).toBeLessThan(1002)
    expect(distanceM(118, 24, 118, 24)).toBe(0)
  })

  it('is said in metres, then kilometres', () => {
    expect([62.4, 999.4, 1400, 23_400].map(distanceWords)).toEqual(['62 m', '999 m', '1.4 km', '23 km'])
  })

  it('has one of eight winds', () => {
    expect([windOf(0, 0, 0, 1), windOf(0, 0, 1, 1), windOf(0, 0, 1, 0), windOf(0, 0, 0, -1), windOf(0, 0, -1, 0)]).toEqual([0, 1, 2, 4, 6])
  })
})

describe('the class of a report', () => {
  const codes = new Set(
    (['component', 'event'] as const).flatMap((kind) =>
      readFileSync(join(DATA, `${kind}s.csv`), 'utf8').split('\n').slice(1).map((line) => `${kind}:${line.slice(0, 4)}`)),
  )

  it('in the short list stands in the catalogue', () => {
    for (const one of FRIENDLY) {
      for (const code of [one.code, ...(one.among ?? [])]) expect(codes).toContain(`${one.kind}:${code}`)
    }
  })

  it.each([
    ['晚上路灯不亮', 'component:0118'], ['有个井盖不见了', 'component:0114'], ['the street light is out', 'component:0118'],
    ['路口积水很深', 'event:0406'], ['楼下工地打桩', 'event:0301'], ['垃圾桶满溢', 'event:0122'],
  ])('is suggested from the words: %s', (words, key) => {
    const first = suggestions(words, [], 3)[0]
    expect(`${first?.kind}:${first?.code}`).toBe(key)
  })

  it('is suggested from the catalogue too', () => {
    const hydrant = { kind: 'component', code: '0113', name_zh: '消防设施', name_en: 'fire-fighting facility', class_zh: '', class_en: '', dept_kind: '', urgency: 'normal' as const, rules: [] }
    expect(suggestions('消防设施坏了', [hydrant], 3)[0]?.code).toBe('0113')
  })

  it('is not guessed from nothing', () => {
    expect(suggestions('', [], 3)).toEqual([])
    expect(suggestions('你好呀', [], 3)).toEqual([])
  })
})

const NAMED = { addressZh: '厦禾路', addressEn: 'Xiahe Rd', chainZh: '思明区', chainEn: 'Siming' }
async function aDraft(name: string, placeAt = async () => NAMED): Promise<ReportDraft> {
  return new ReportDraft({ shelf: await openShelf(name), id: 'report', placeAt, now: () => 1_800_000_000_000 })
}
const file = (bytes: ArrayBuffer): File => new File([bytes], 'a.jpg', { type: 'image/jpeg' })

describe('a draft', () => {
  it('comes back after a restart with its photos', async () => {
    const first = await aDraft('draft-1')
    await first.load()
    await first.addShots([file(aPhoto({ lat: 24.4748, lon: 118.0905 }))], null)
    first.form.text = '井盖没了'
    await first.save()

    const again = await aDraft('draft-1')
    expect(await again.load()).toBe(true)
    expect([again.form.text, again.form.shots.length, again.form.placeFrom]).toEqual(['井盖没了', 1, 'photo'])
    const shelf = await openShelf('draft-1')
    expect(((await shelf.get<ArrayBuffer>('bytes', again.form.shots[0]!.key)) as ArrayBuffer).byteLength).toBe(400)
  })

  it('is placed by the photo before the phone, and by the person before both', async () => {
    const draft = await aDraft('draft-2')
    await draft.load()
    const fix = { lon: 118.2, lat: 24.5, accuracyM: 12, at: 0 }
    draft.placeByPhone(fix)
    expect(draft.form.placeFrom).toBe('phone')
    await draft.addShots([file(aPhoto({ lat: 24.4748, lon: 118.0905 }))], fix)
    expect(draft.form.placeFrom).toBe('photo')
    draft.placeByPhone(fix)
    expect(draft.form.placeFrom).toBe('photo')
    draft.placeAt(118.3, 24.6, 'pin', null)
    await draft.addShots([file(aPhoto({ lat: 24.4748, lon: 118.0905 }))], fix)
    expect([draft.form.placeFrom, draft.form.lon]).toEqual(['pin', 118.3])
  })

  it('drops the name of a place that it has left', async () => {
    let answer: (value: typeof NAMED) => void = () => undefined
    const draft = await aDraft('draft-3', () => new Promise((resolve) => { answer = resolve }))
    await draft.load()
    draft.placeAt(118, 24, 'pin', null)
    const first = draft.nameThePlace()
    const slow = answer
    draft.placeAt(119, 25, 'pin', null)
    const second = draft.nameThePlace()
    answer({ ...NAMED, addressZh: '新地方' })
    slow(NAMED)
    await Promise.all([first, second])
    expect(draft.form.addressZh).toBe('新地方')
  })

  it('says only what was filled in', async () => {
    const draft = await aDraft('draft-4')
    await draft.load()
    draft.form.text = ' 灯坏了 '
    draft.placeAt(118, 24, 'pin', null)
    expect(draft.body()).toEqual({ text: '灯坏了', lon: 118, lat: 24 })
    draft.chooseClass('component', '0118', '路灯', 'lamp')
    draft.form.contact = '13812345678'
    expect(draft.body()).toEqual({ text: '灯坏了', lon: 118, lat: 24, class_kind: 'component', class_code: '0118', contact: '13812345678' })
  })

  it('leaves nothing behind when it is thrown away', async () => {
    const draft = await aDraft('draft-5')
    await draft.load()
    await draft.addShots([file(aPhoto(null))], null)
    await draft.discard()
    const shelf = await openShelf('draft-5')
    expect([await shelf.all('drafts'), await shelf.all('bytes')]).toEqual([[], []])
  })
})
