import { describe, expect, it } from 'vitest'
import { workArea } from '../src/desk/workArea'

describe('the area where the work lies', () => {
  it('holds every open case', () => {
    expect(workArea([{ lon: 118.1, lat: 24.4 }, { lon: 118.2, lat: 24.5 }])).toEqual([118.1, 24.4, 118.2, 24.5])
  })

  it('is not stretched by one case far off', () => {
    const near = Array.from({ length: 100 }, (_, at) => ({ lon: 118.1 + at / 10_000, lat: 24.4 }))
    expect(workArea([...near, { lon: 121, lat: 31 }])?.[2]).toBeLessThan(118.2)
  })

  it('is not known without cases', () => {
    expect(workArea([])).toBeNull()
  })
})
