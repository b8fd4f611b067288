import { flushPromises, mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import { afterKey, between, inTheMiddle, round, STEP, type Masks } from '@shared/boxes/boxes'
import { appWords, language } from '@shared/i18n'
import MaskEditor from '../src/drawer/MaskEditor.vue'
import { APP_STATE } from '../src/keys'
import en from '../src/words/en'
import zh from '../src/words/zh'

describe('boxes over a photo', () => {
  it('lie between two corners, whichever was drawn first, cut at the edge', () => {
    expect(between([0.8, 0.9], [0.2, 1.4])).toEqual({ left: 0.2, top: 0.9, right: 0.8, bottom: 1 })
    expect(between([0.5, 0.5], [0.5, 0.9])).toBeNull()
  })

  it('move with the arrows and stop at the edge', () => {
    const box = inTheMiddle()
    expect(afterKey(box, 'ArrowRight', false)?.left).toBeCloseTo(box.left + STEP)
    expect(afterKey({ ...box, left: 0, right: 0.2 }, 'ArrowLeft', false)).toMatchObject({ left: 0, right: 0.2 })
    expect(afterKey(box, 'Enter', false)).toBeNull()
  })

  it('come at a tap in the size of a finger, inside the picture', () => {
    const box = round([0.99, 0.5])
    expect(box.right).toBe(1)
    expect(box.right - box.left).toBeGreaterThan(0.1)
    expect((box.top + box.bottom) / 2).toBeCloseTo(0.5)
  })

  it('change their size with shift and never vanish', () => {
    const box = { left: 0.1, top: 0.1, right: 0.115, bottom: 0.3 }
    const smaller = afterKey(box, 'ArrowLeft', true)
    expect(smaller?.right).toBeCloseTo(0.11)
    expect(afterKey(box, 'ArrowDown', true)?.bottom).toBeCloseTo(0.31)
  })
})

describe('the editor', () => {
  const none: Masks = { revision: 0, checked_at: null, checked_by: '', masks: [] }
  const one: Masks = { ...none, revision: 1, masks: [{ id: 7, source: 'plate', left: 0.1, top: 0.1, right: 0.2, bottom: 0.2, by: '', at: '2026-11-22T10:00:00Z' }] }

  function mounted(duties: string[]) {
    const sent: { path: string; body: unknown }[] = []
    const client = {
      get: () => Promise.resolve(none),
      post: (path: string, body: unknown) => {
        sent.push({ path, body })
        return Promise.resolve(one)
      },
      delete: () => Promise.resolve(none),
    }
    const app = { holds: (...names: string[]) => names.some((name) => duties.includes(name)), doors: { client } }
    const editor = mount(MaskEditor, {
      props: { photo: 'ab', src: '/p.jpg', alt: 'street' },
      global: { plugins: [appWords(zh, en)], provide: { [APP_STATE as symbol]: { app } } },
    })
    return { editor, sent }
  }

  it('keeps a box that was added and moved with the keys, and tells that the picture is another', async () => {
    language.value = 'en'
    const { editor, sent } = mounted(['acceptor'])
    await flushPromises()
    const button = (words: string) => editor.findAll('button').find((each) => each.text().includes(words))
    await button('Add a box')?.trigger('click')
    await editor.get('button.box').trigger('keydown', { key: 'ArrowRight' })
    await button('Cover 1')?.trigger('click')
    await flushPromises()
    expect(sent[0]?.path).toBe('/photos/ab/masks')
    const [box] = (sent[0]?.body as { boxes: number[][] }).boxes
    expect(box?.[0]).toBeCloseTo(0.41)
    expect(editor.emitted('anew')).toEqual([[1]])
    expect(editor.findAll('button.box')).toHaveLength(0)
    expect(button('Uncover'), 'what the machine covered is not for the acceptor to uncover').toBeUndefined()
  })
})
