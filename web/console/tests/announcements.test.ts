import { describe, expect, it } from 'vitest'
import { learnSeats } from '@shared/api/seats'
import type { Site } from '@shared/api/types'
import { language } from '@shared/i18n'
import { circle, outlines, statusOfNews, type Announcement } from '@shared/news/news'
import { blank, bodyOf, cornersOf, cornerWords, draftOf, localOf, needsSecond, personWords, type Card } from '../src/announcements/announcements'

const ONE = {
  id: 7, phase: 'on', category: 'water', severity: 'Severe', title_zh: '停水', title_en: 'Water off', text_zh: '抢修', text_en: 'Repairs', areas: [{ code: '350203', zh: '思明区', en: 'Siming' }],
  shape: null, radius_m: null, lon: 118.1, lat: 24.5, starts_at: '2026-11-23T02:00:00Z', ends_at: '2026-11-23T10:00:00Z',
} as unknown as Announcement

describe('writing an announcement', () => {
  it('begins at the next full hour of the city and lasts eight', () => {
    const draft = blank(Date.parse('2026-11-23T01:20:00Z'))
    expect([draft.from, draft.until]).toEqual(['2026-11-23T10:00', '2026-11-23T18:00'])
    expect(bodyOf(draft)).toMatchObject({ starts_at: '2026-11-23T10:00:00+08:00', areas: [] })
    expect(bodyOf(draft)).not.toHaveProperty('lon')
  })

  it('sends a spot or an outline, never both', () => {
    const draft = { ...blank(0), lon: 118.1, lat: 24.5, corners: '118.1, 24.5\nnot a corner\n118.2,24.5\n118.2, 24.6' }
    expect(bodyOf({ ...draft, where: 'spot' })).toMatchObject({ lon: 118.1, lat: 24.5, radius_m: 300 })
    expect(bodyOf({ ...draft, where: 'outline' })).toMatchObject({ ring: [[118.1, 24.5], [118.2, 24.5], [118.2, 24.6]] })
    expect(bodyOf({ ...draft, where: 'outline' })).not.toHaveProperty('radius_m')
  })

  it('is taken up again as it was written', () => {
    const ring = [[118.1, 24.5], [118.2, 24.5], [118.2, 24.6], [118.1, 24.5]]
    const draft = draftOf({ ...ONE, shape: { type: 'Polygon', coordinates: [ring] } } as Card)
    expect(cornersOf(draft.corners)).toEqual(ring.slice(0, 3))
    expect([draft.where, draft.from]).toEqual(['outline', '2026-11-23T10:00'])
    expect(localOf('2026-11-22T17:30:00Z')).toBe('2026-11-23T01:30')
    expect(cornerWords(118.1, 24.5)).toBe('118.100000, 24.500000')
  })

  it('says when somebody else has to look', () => {
    expect(needsSecond(['350203', '350203003'])).toBe(false)
    expect(needsSecond(['350203', '350206'])).toBe(true)
    expect(needsSecond(['3502'])).toBe(true)
  })
})

describe('who wrote and who approved an announcement', () => {
  it('is read by an English reader under the English name, of the person or else of the seat', () => {
    learnSeats({ demo_logins: [{ login: 'supervisor1', password: '', name: '', duty: 'supervisor', duty_zh: '督查员 1', duty_en: 'Supervisor 1' }] } as unknown as Site)
    const said = (): string[] => [personWords('陈伟', 'Chen Wei'), personWords('督查员 1', ''), personWords('李强', ''), personWords('', '')]
    language.value = 'en'
    expect(said()).toEqual(['Chen Wei', 'Supervisor 1', '李强', ''])
    language.value = 'zh'
    expect(said()).toEqual(['陈伟', '督查员 1', '李强', ''])
  })
})

describe('an announcement on the map', () => {
  it('is drawn as its circle or outline, and only as a mark without one', () => {
    const spot = { ...ONE, shape: { type: 'Point' as const, coordinates: [118.1, 24.5] }, radius_m: 400 }
    const [feature] = outlines([spot, ONE]).features
    expect(outlines([ONE]).features).toHaveLength(0)
    expect(feature?.geometry.type).toBe('Polygon')
    const [corners] = circle(118.1, 24.5, 400).coordinates
    expect(corners?.at(0)).toEqual(corners?.at(-1))
    expect((Math.max(...corners!.map(([, lat]) => lat!)) - 24.5) * 111_320).toBeCloseTo(400, 0)
  })

  it('looks over when it is', () => {
    expect(statusOfNews(ONE)).toBe('high')
    expect(statusOfNews({ ...ONE, phase: 'ended' })).toBe('offline')
  })
})
