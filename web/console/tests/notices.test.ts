import { flushPromises, mount } from '@vue/test-utils'
import { createI18n } from 'vue-i18n'
import { beforeEach, describe, expect, it } from 'vitest'
import { language } from '@shared/i18n'
import { toasts } from '@shared/ui/toasts'
import { APP_STATE } from '../src/keys'
import { hourWords, HOURS, NoticeChoice, noticeDoors, type Choice, type NoticeDoors, type Preferences } from '../src/settings/notices'
import NoticesPanel from '../src/settings/NoticesPanel.vue'
import en from '../src/words/en'
import zh from '../src/words/zh'

const KINDS = [{ kind: 'urged', zh: '催办', en: 'a push' }, { kind: 'closed', zh: '已办结', en: 'is done' }]
const usual = (): Preferences => ({ muted_channels: [], muted_kinds: [], digest: '', digest_hour: 8, kinds: KINDS })

/** A server that keeps the choice and refuses a digest at midnight. */
function aServer(kept: Preferences = usual()) {
  const saved: Choice[] = []
  const doors: NoticeDoors = {
    read: async () => kept,
    save: async (choice) => {
      if (choice.digest_hour === 0) throw new Error('not at midnight')
      saved.push(choice)
      kept = { ...kept, ...choice }
      return kept
    },
    preview: async () => ({ title: 'Daily digest: 1 late', text: 'Now: 1 open\n\nLate', weekly: false, is_sent: saved.length > 0 }),
  }
  return { doors, saved }
}

describe('the choice of notices', () => {
  it('is changed only when something differs from what the server has', async () => {
    const choice = new NoticeChoice(aServer().doors)
    expect(choice.changed.value).toBe(false)
    await choice.load()
    expect(choice.changed.value).toBe(false)
    choice.turn('muted_kinds', 'urged', false)
    choice.turn('muted_kinds', 'closed', false)
    expect(choice.changed.value).toBe(true)
    choice.turn('muted_kinds', 'urged', true)
    choice.turn('muted_kinds', 'closed', true)
    expect(choice.changed.value).toBe(false)
  })

  it('does not count the order of what is silent', async () => {
    const choice = new NoticeChoice(aServer({ ...usual(), muted_kinds: ['closed', 'urged'] }).doors)
    await choice.load()
    choice.turn('muted_kinds', 'closed', true)
    choice.turn('muted_kinds', 'closed', false)
    expect(choice.chosen.value?.muted_kinds).toEqual(['urged', 'closed'])
    expect(choice.changed.value).toBe(false)
  })

  it('never silences a thing twice', async () => {
    const choice = new NoticeChoice(aServer().doors)
    await choice.load()
    choice.turn('muted_channels', 'sms', false)
    choice.turn('muted_channels', 'sms', false)
    expect(choice.chosen.value?.muted_channels).toEqual(['sms'])
    expect(choice.isOn('muted_channels', 'sms')).toBe(false)
    expect(choice.isOn('muted_channels', 'email')).toBe(true)
  })

  it('stays unsaved and says why when the server refuses', async () => {
    const { doors, saved } = aServer()
    const choice = new NoticeChoice(doors)
    await choice.load()
    choice.chosen.value = { ...choice.chosen.value!, digest: 'daily', digest_hour: 0 }
    expect(await choice.save()).toBe(false)
    expect(choice.wrong.value).not.toBe('')
    expect(choice.changed.value).toBe(true)
    expect(choice.busy.value).toBe(false)
    expect(saved).toEqual([])
  })

  it('writes the hours as a clock does', () => {
    expect(HOURS).toHaveLength(24)
    expect([hourWords(0), hourWords(8), hourWords(23)]).toEqual(['00:00', '08:00', '23:00'])
  })

  it('goes through its three doors', async () => {
    const asked: unknown[] = []
    const client = { get: async (path: string) => void asked.push(path), put: async (...said: unknown[]) => void asked.push(said) }
    const doors = noticeDoors(client as never)
    const choice: Choice = { muted_channels: [], muted_kinds: [], digest: 'weekly', digest_hour: 9 }
    await doors.read()
    await doors.save(choice)
    await doors.preview()
    expect(asked).toEqual(['/notices/preferences', ['/notices/preferences', choice], '/digest'])
  })
})

describe('the panel', () => {
  beforeEach(() => {
    language.value = 'en'
    toasts.value = []
  })

  async function aPanel() {
    const { doors, saved } = aServer()
    const client = { get: (path: string) => (path === '/digest' ? doors.preview() : doors.read()), put: (_: string, choice: Choice) => doors.save(choice) }
    const i18n = createI18n({ legacy: false, locale: 'en', messages: { en, zh } })
    const panel = mount(NoticesPanel, { global: { plugins: [i18n], provide: { [APP_STATE as symbol]: { app: { doors: { client } } } } } })
    await flushPromises()
    return { panel, saved }
  }

  it('saves what is ticked and says so', async () => {
    const { panel, saved } = await aPanel()
    const button = panel.get('button[type=submit]')
    expect(button.attributes('disabled')).toBeDefined()
    expect(panel.find('select').exists()).toBe(false)
    await panel.get('input[value=daily]').setValue()
    await panel.get('select').setValue('18')
    await panel.get('fieldset input[type=checkbox]').setValue(false)
    await panel.get('details input').setValue(false)
    await panel.get('form').trigger('submit')
    await flushPromises()
    expect(saved).toEqual([{ muted_channels: ['email'], muted_kinds: ['urged'], digest: 'daily', digest_hour: 18 }])
    expect(toasts.value.map((one) => one.words)).toEqual(['Saved'])
    expect(panel.get('summary').text()).toBe('Single kinds (1 silent)')
    expect(button.attributes('disabled')).toBeDefined()
  })

  it('shows the letter, and says when none would be sent', async () => {
    const { panel } = await aPanel()
    expect(panel.find('.letter').exists()).toBe(false)
    await panel.get('button[type=button]').trigger('click')
    await flushPromises()
    expect(panel.get('.letter').text()).toContain('no letter would be sent')
    expect(panel.get('.letter .words').text()).toBe('Now: 1 open\n\nLate')
  })

  it('shows what the server refused beside the form', async () => {
    const { panel } = await aPanel()
    await panel.get('input[value=weekly]').setValue()
    await panel.get('select').setValue('0')
    await panel.get('form').trigger('submit')
    await flushPromises()
    expect(panel.get('[role=alert]').text()).not.toBe('')
    expect(toasts.value).toEqual([])
  })
})

describe('the words', () => {
  it('are there in both languages', () => {
    expect(Object.keys(zh.settings).sort()).toEqual(Object.keys(en.settings).sort())
  })
})
