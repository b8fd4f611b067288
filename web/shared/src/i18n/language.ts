import { ref, type Ref } from 'vue'
import type { Language } from '../api/types'

const COOKIE = 'gl_lang'
const YEAR_S = 31_536_000

function remembered(): Language | null {
  const found = document.cookie.split('; ').find((part) => part.startsWith(`${COOKIE}=`))?.slice(COOKIE.length + 1)
  return found === 'zh' || found === 'en' ? found : null
}

function ofBrowser(): Language {
  return navigator.language.toLowerCase().startsWith('en') ? 'en' : 'zh'
}

/** The language of the screen and of what the server answers. */
export const language: Ref<Language> = ref(remembered() ?? ofBrowser())

export function chooseLanguage(chosen: Language): void {
  language.value = chosen
  document.cookie = `${COOKIE}=${chosen}; path=/; max-age=${YEAR_S}; samesite=lax`
}

/** The one of two texts that the reader reads; the other where there is only one. */
export function pick(zh: string | null | undefined, en: string | null | undefined): string {
  return (language.value === 'zh' ? zh || en : en || zh) ?? ''
}

/** Several things in one line: 甲、乙 / a, b. */
export function listed(words: readonly string[]): string {
  return words.filter(Boolean).join(language.value === 'zh' ? '、' : ', ')
}

type Bilingual<Stem extends string> = { [K in `${Stem}_zh` | `${Stem}_en`]?: string | null }

/** The `<stem>_zh` / `<stem>_en` of a record in the reader's language. */
export function say<Stem extends string>(record: Bilingual<Stem>, stem: Stem): string {
  return pick(record[`${stem}_zh`], record[`${stem}_en`])
}
