import '@shared/styles/ui.css'
import './console.css'
import { appWords } from '@shared/i18n'
import { startTheme } from '@shared/theme/theme'
import { createApp } from 'vue'
import App from './App.vue'
import { makeRouter } from './router'
import { APP_STATE } from './keys'
import { consoleState } from './state'
import en from './words/en'
import zh from './words/zh'

startTheme('dark')

const state = consoleState()
const router = makeRouter(state)

createApp(App).use(appWords(zh, en)).use(router).provide(APP_STATE, state).mount('#app')
