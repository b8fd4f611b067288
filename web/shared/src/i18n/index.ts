import { watchEffect } from 'vue'
import { createI18n } from 'vue-i18n'
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

export { chooseLanguage, language, listed, pick, say } from './language'
