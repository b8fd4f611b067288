import { mount } from '@vue/test-utils'
import { afterEach, describe, expect, it } from 'vitest'
import { defineComponent, h, nextTick, reactive } from 'vue'
import { createMemoryHistory, createRouter, RouterView, type Router } from 'vue-router'
import { useAddress, wordsIn } from '../src/address'

const STATES = ['valid', 'over', ''] as const
type Fields = { q: string; state: string; from: string }

/** A page with three fields in its address, one beside it, and a router that has been to `address`. */
async function aPage(address: string, whole = false) {
  const fields = reactive<Fields>({ q: '', state: 'valid', from: '2026-11-01' })
  const page = defineComponent({
    setup() {
      useAddress(fields, { allowed: { state: STATES }, whole })
      return () => h('p')
    },
  })
  const router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/list/:id?', name: 'list', component: page }, { path: '/other', name: 'other', component: { render: () => h('p') } }] })
  await router.push(address)
  const mounted = mount(defineComponent({ setup: () => () => h(RouterView) }), { global: { plugins: [router] } })
  pages.push(mounted)
  return { fields, router }
}
const pages: { unmount: () => void }[] = []
afterEach(() => pages.splice(0).forEach((one) => one.unmount()))
const settled = (): Promise<void> => new Promise((good) => setTimeout(good, 10))
const at = (router: Router): string => router.currentRoute.value.fullPath

describe('a filter in the address', () => {
  it('is taken from it, and what may not be is as usual', async () => {
    expect((await aPage('/list?q=lamp&state=over')).fields).toEqual({ q: 'lamp', state: 'over', from: '2026-11-01' })
    expect((await aPage('/list?state=nonsense&q=a&q=b')).fields).toEqual({ q: '', state: 'valid', from: '2026-11-01' })
  })

  it('is written to it without what is usual, beside what others wrote and the open one', async () => {
    const { fields, router } = await aPage('/list/7?tab=two')
    fields.q = 'lamp'
    fields.state = ''
    await settled()
    expect(at(router)).toBe('/list/7?tab=two&q=lamp&state=any')
    expect((await aPage(at(router))).fields.state).toBe('')
    fields.q = ''
    fields.state = 'valid'
    await settled()
    expect(at(router)).toBe('/list/7?tab=two')
  })

  it('stands there whole once one field is not as usual, where that is asked for', async () => {
    const { fields, router } = await aPage('/list', true)
    await settled()
    expect(at(router)).toBe('/list')
    fields.q = 'lamp'
    await settled()
    expect(router.currentRoute.value.query).toEqual({ q: 'lamp', state: 'valid', from: '2026-11-01' })
  })

  it('follows a step back and a link, and leaves another page alone', async () => {
    const { fields, router } = await aPage('/list?q=lamp')
    await router.push('/list?q=drain')
    await settled()
    expect(fields.q).toBe('drain')
    await router.push('/list')
    await settled()
    expect(fields.q).toBe('')
    await router.push('/other?q=bench')
    fields.q = 'tree'
    await settled()
    expect(at(router)).toBe('/other?q=bench')
  })

  it('loses nothing that is typed while the address is on its way', async () => {
    const { fields, router } = await aPage('/list')
    for (const text of ['l', 'la', 'lam', 'lamp']) {
      fields.q = text
      await nextTick()
    }
    expect(fields.q).toBe('lamp')
    await settled()
    expect([fields.q, at(router)]).toEqual(['lamp', '/list?q=lamp'])
  })
})

it('a name that is said twice or without a value says nothing', () => {
  expect(wordsIn({ a: 'x', b: ['y', 'z'], c: null, d: '' })).toEqual({ a: 'x' })
})
