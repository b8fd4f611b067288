import { describe, expect, it } from 'vitest'
import { ApiClient } from '@shared/api/client'
import { Doors } from '@shared/api/doors'
import type { CaseCard, HistoryEntry } from '@shared/api/types'
import { CardStore } from '../src/drawer/card'
import { aCard } from './rows'

const done = (seq: number, by: string): HistoryEntry => ({ seq, at: '2026-11-22T06:00:00Z', verb: 'accept', verb_zh: '接单', verb_en: 'accept', from: 'dispatched', to: 'handling', by, unit_zh: null, unit_en: null, note: null, photos: [], fields: null })

/** A server with one case; a step needs its present version. */
function serverOf(card: CaseCard) {
  const state = { card, keys: [] as string[], refuse: '' }
  const answer = (body: unknown, status = 200): Response => new Response(JSON.stringify(body), { status })
  const ask = async (_url: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
    if (init.method === 'GET') return answer(state.card)
    const headers = new Headers(init.headers)
    state.keys.push(headers.get('Idempotency-Key') ?? '')
    if (headers.get('If-Match') !== `"${state.card.version}"`) return answer({ status: 412, detail: '内容已被他人更新' }, 412)
    if (state.refuse) return answer({ status: 409, detail: state.refuse, fields: { note: 'required' } }, 409)
    state.card = { ...state.card, version: state.card.version + 1, history: [...state.card.history, done(state.card.history.length + 1, '我')] }
    return answer(state.card)
  }
  return { state, store: new CardStore(new Doors(new ApiClient({ language: () => 'zh', fetch: ask as typeof fetch, retryAfterMs: [] }))) }
}

describe('a step on an open card', () => {
  it('is taken on the version that was read', async () => {
    const { store, state } = serverOf(aCard({ version: 4 }))
    await store.load('20261122-000731')
    expect(await store.step('accept', {})).toBe('done')
    expect(store.card.value?.version).toBe(5)
    expect(state.card.version).toBe(5)
  })

  it('on an old version changes nothing, reads the card again and shows who did what', async () => {
    const { store, state } = serverOf(aCard({ version: 4, history: [done(1, '甲')] }))
    await store.load('20261122-000731')
    state.card = { ...state.card, version: 6, history: [done(1, '甲'), done(2, '乙')] }
    expect(await store.step('accept', {})).toBe('stale')
    expect(store.card.value?.version).toBe(6)
    expect(store.meanwhile.value.map((entry) => entry.by)).toEqual(['乙'])
  })

  it('that is refused says the sentence and marks the field', async () => {
    const { store, state } = serverOf(aCard({ version: 1 }))
    state.refuse = '“处置完成”需要填写说明'
    await store.load('20261122-000731')
    expect(await store.step('finish', {})).toBe('wrong')
    expect(store.stepWrong.value).toBe('“处置完成”需要填写说明')
    expect(store.fieldWrongs.value).toEqual({ note: '请填写这一项。' })
  })

  it('sent again with the same words keeps its key, with other words takes a new one', async () => {
    const { store, state } = serverOf(aCard({ version: 1 }))
    state.refuse = 'no'
    await store.load('20261122-000731')
    await store.step('finish', { note: 'a' })
    await store.step('finish', { note: 'a' })
    await store.step('finish', { note: 'b' })
    expect(state.keys[0]).toBe(state.keys[1])
    expect(state.keys[2]).not.toBe(state.keys[0])
  })
})

describe('what others do to an open card', () => {
  it('is asked for when it is told of, and once it has been read no more', async () => {
    const { store, state } = serverOf(aCard({ version: 4 }))
    await store.load('20261122-000731')
    state.card = { ...state.card, version: 6 }
    expect(store.hear('20261122-000732', 9)).toBe(false)
    expect(store.hear('20261122-000731', 6)).toBe(true)
    await store.refresh(false)
    expect(store.card.value?.version).toBe(6)
    expect(store.hear('20261122-000731', 6)).toBe(false)
  })

  it('while a step is on its way is not forgotten', async () => {
    const { store, state } = serverOf(aCard({ version: 4 }))
    await store.load('20261122-000731')
    const step = store.step('accept', {})
    expect(store.hear('20261122-000731', 6)).toBe(false)
    await step
    expect(store.card.value?.version).toBe(5)
    expect(store.isBehind).toBe(true)
    state.card = { ...state.card, version: 6 }
    await store.refresh(false)
    expect(store.isBehind).toBe(false)
  })

  it('and was read before a step does not come back over the answer of the step', async () => {
    const { store } = serverOf(aCard({ version: 4 }))
    await store.load('20261122-000731')
    const reading = store.refresh(false)
    await store.step('accept', {})
    await reading
    expect(store.card.value?.version).toBe(5)
  })
})
