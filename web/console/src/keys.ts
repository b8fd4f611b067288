import type { InjectionKey } from 'vue'
import type { ConsoleState } from './state'

export const APP_STATE: InjectionKey<ConsoleState> = Symbol('console state')
