import { describe, expect, it } from 'vitest'
import { formOf, sameWords, type SavedView, SavedViews, type ViewDoors, wordsOf } from '../src/cases/views'

const aView = (said: Partial<SavedView>): SavedView => ({ id: 1, name: 'late', query: {}, own: true, owner: '', unit_id: null, unit_zh: '', unit_en: '', ...said })

describe('the words of a view', () => {
  it('are what is asked for, without the page and without what is empty', () => {
    expect(wordsOf({ view: 'all', q: undefined, unit: 4, state: '', limit: 100, cursor: 'x' })).toEqual({ view: 'all', unit: '4' })
  })

  it('are the same whatever their order', () => {
    expect(sameWords({ q: 'a', sort: 'due' }, { sort: 'due', q: 'a' })).toBe(true)
    expect(sameWords({ q: 'a' }, { q: 'a', sort: 'due' })).toBe(false)
  })

  it('fill the form of the list, and what it cannot show is kept beside it', () => {
    const { form, beside } = formOf({ view: 'late', state: 'any', unit: '4', since: '2026-11-01T00:00:00+08:00', place: '350203', sort: 'due' })
    expect(form).toEqual({ q: '', state: '', class: '', unit: '4', since: '2026-11-01', until: '', sort: 'due' })
    expect(beside).toEqual({ view: 'late', place: '350203' })
  })
})

describe('saved views', () => {
  /** A server that keeps views and refuses the name "taken". */
  function aStore() {
    const doors: ViewDoors = {
      list: async () => ({ items: [aView({ id: 1, name: 'b' }), aView({ id: 2, name: 'unit', own: false, unit_id: 7 })], units: [{ id: 7, zh: '', en: '' }] }),
      save: async (name, query) => {
        if (name === 'taken') throw new Error('taken')
        return aView({ id: 3, name, query })
      },
      change: async (id, change) => aView({ id, name: change.name ?? 'b', unit_id: change.unit_id || null }),
      remove: async () => undefined,
    }
    return new SavedViews(doors)
  }

  it('stand with the own ones first, by name', async () => {
    const views = aStore()
    await views.load()
    expect(await views.save('a', { q: 'x' })).toBe(true)
    expect(views.items.value.map((one) => one.name)).toEqual(['a', 'b', 'unit'])
    expect(views.shared.value.map((one) => one.name)).toEqual(['unit'])
    expect(views.units.value[0]?.id).toBe(7)
  })

  it('are renamed, shared, no longer shared, and deleted', async () => {
    const views = aStore()
    await views.load()
    await views.change(1, { name: 'z', unit_id: 7 })
    expect(views.own.value).toMatchObject([{ id: 1, name: 'z', unit_id: 7 }])
    await views.change(1, { unit_id: 0 })
    expect(views.own.value[0]?.unit_id).toBeNull()
    await views.remove(1)
    expect(views.own.value).toEqual([])
  })

  it('stay as they are when the server refuses, and say so', async () => {
    const views = aStore()
    await views.load()
    expect(await views.save('taken', {})).toBe(false)
    expect(views.items.value).toHaveLength(2)
    expect(views.wrong.value).not.toBe('')
  })
})
