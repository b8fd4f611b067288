import '@shared/styles/ui.css'
import '@shared/phone/phone.css'
import './field.css'
import { createApp } from 'vue'
import { appWords } from '@shared/i18n'
import { PICTURES } from '@shared/phone/pictures'
import { keepFetched, keepShell, workerReady } from '@shared/phone/worker'
import App from './App.vue'
import { startLook } from './me/look'
import { makeRouter } from './router'
import { FIELD, fieldState } from './state'
import en from './words/en'
import zh from './words/zh'

startLook()
const state = await fieldState()
const beginning = state.begin()
createApp(App, { beginning }).use(appWords(zh, en)).use(makeRouter()).provide(FIELD, state).provide(PICTURES, state.pictures).mount('#app')
await beginning
keepShell('/field/sw.js', '/field/')
await workerReady()
await keepFetched()
