import { afterEach, beforeEach } from 'vitest'
import { chooseLanguage } from '../src/i18n/language'

beforeEach(() => chooseLanguage('zh'))

afterEach(() => {
  document.body.innerHTML = ''
})
