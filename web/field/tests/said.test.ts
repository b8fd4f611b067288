import { describe, expect, it } from 'vitest'
import type { Shot } from '@shared/outbox/entry'
import { said } from '@shared/outbox/door'

const SHOT: Shot = { key: 'k', name: 'photo.jpg', type: 'image/jpeg', bytes: 1, takenAt: '2026-11-22T10:30:00', lon: 118.1, lat: 24.48, sentId: null }

describe('what goes beside a photo', () => {
  it('is nothing where the app did not note it for that', () => {
    expect(said(SHOT)).toEqual([])
  })

  it('is place, accuracy, heading and a time with its zone', () => {
    const beside = Object.fromEntries(said({ ...SHOT, accuracyM: 6, headingDeg: 0 }))
    expect(beside).toMatchObject({ lon: '118.1', lat: '24.48', accuracy_m: '6', heading_deg: '0' })
    expect(beside.taken_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z$/)
  })

  it('leaves out what is not known', () => {
    expect(said({ ...SHOT, takenAt: 'soon', lon: null, lat: null, accuracyM: null, headingDeg: null })).toEqual([])
  })
})
