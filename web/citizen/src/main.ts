import '@shared/styles/ui.css'
import '@shared/phone/phone.css'
import { createApp } from 'vue'
import { appWords } from '@shared/i18n'
import { PICTURES } from '@shared/phone/pictures'
import { keepShell } from '@shared/phone/worker'
import { startTheme } from '@shared/theme/theme'
import App from './App.vue'
import { makeRouter } from './router'
import { CITIZEN, citizenState } from './state'
import en from './words/en'
import zh from './words/zh'

startTheme('auto')
const state = await citizenState()
createApp(App).use(appWords(zh, en)).use(makeRouter()).provide(CITIZEN, state).provide(PICTURES, state.pictures).mount('#app')
await state.begin()
keepShell('/sw.js', '/')
