import '@shared/styles/ui.css'
import './console.css'
import { lateWords } from '@shared/i18n'
import { startTheme } from '@shared/theme/theme'
import { createApp } from 'vue'
import App from './App.vue'
import { makeRouter } from './router'
import { APP_STATE } from './keys'
import { consoleState } from './state'

startTheme('dark')

const state = consoleState()
const router = makeRouter(state)

void lateWords({ zh: () => import('./words/zh'), en: () => import('./words/en') }).then((words) => {
  createApp(App).use(words).use(router).provide(APP_STATE, state).mount('#app')
})
