import { afterEach, expect, it, vi } from 'vitest'
import { nextTick } from 'vue'
import { chooseLanguage, lateWords } from '../src/i18n'

afterEach(() => chooseLanguage('zh'))

it('fetches the words of a language when it is chosen, once, and shows no keys meanwhile', async () => {
  chooseLanguage('zh')
  const zh = vi.fn(async () => ({ default: { hello: '你好' } }))
  const en = vi.fn(async () => ({ default: { hello: 'hello' } }))
  const { global } = await lateWords({ zh, en })
  expect(global.t('hello')).toBe('你好')
  expect(en).not.toHaveBeenCalled()
  chooseLanguage('en')
  expect(global.t('hello'), 'the words shown stay until the others are there').toBe('你好')
  await vi.waitFor(() => expect(global.t('hello')).toBe('hello'))
  expect(document.documentElement.lang).toBe('en')
  chooseLanguage('zh')
  await nextTick()
  chooseLanguage('en')
  await vi.waitFor(() => expect(global.locale.value).toBe('en'))
  expect([zh.mock.calls.length, en.mock.calls.length]).toEqual([1, 1])
})
