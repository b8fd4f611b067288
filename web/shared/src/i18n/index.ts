import { watch, watchEffect } from 'vue'
import { createI18n } from 'vue-i18n'
import type { Language } from '../api/types'
import { language } from './language'
import sharedEn from './en'
import sharedZh from './zh'

export interface Messages {
  [key: string]: string | Messages
}

/** The words of one app on top of the shared ones, both languages, following `language`. */
export function appWords(zh: Messages, en: Messages) {
  const i18n = createI18n({
    legacy: false,
    locale: language.value,
    fallbackLocale: 'zh',
    messages: { zh: { ...sharedZh, ...zh }, en: { ...sharedEn, ...en } } as Record<string, Messages>,
  })
  watchEffect(() => {
    i18n.global.locale.value = language.value
    document.documentElement.lang = language.value === 'zh' ? 'zh-CN' : 'en'
  })
  return i18n
}

export type LateWords = Record<Language, () => Promise<{ default: Messages }>>

/** The same, but an app's words of a language are fetched when that language is chosen: a reader of one never loads the other. */
export async function lateWords(words: LateWords) {
  const shared: Record<Language, Messages> = { zh: sharedZh, en: sharedEn }
  const i18n = createI18n({ legacy: false, locale: language.value, fallbackLocale: 'zh', messages: { ...shared } as Record<string, Messages> })
  const known = new Set<Language>()
  const read = async (chosen: Language): Promise<void> => {
    if (!known.has(chosen)) {
      i18n.global.setLocaleMessage(chosen, { ...shared[chosen], ...(await words[chosen]()).default })
      known.add(chosen)
    }
    if (language.value !== chosen) return
    i18n.global.locale.value = chosen
    document.documentElement.lang = chosen === 'zh' ? 'zh-CN' : 'en'
  }
  await read(language.value)
  watch(language, (chosen) => void read(chosen))
  return i18n
}

export { chooseLanguage, language, listed, pick, say } from './language'
