import { inject, ref, shallowRef, watch, type InjectionKey, type Ref, type ShallowRef } from 'vue'
import { AppState } from '@shared/api/state'
import type { LiveEvent, Notice } from '@shared/api/types'
import { formSources, type FormSources } from '@shared/form/sources'
import { LiveFeed } from '@shared/live/feed'
import { Queue } from './desk/queue'

/** Everything the console keeps across its pages. */
export interface ConsoleState {
  app: AppState
  sources: FormSources
  queue: Queue
  feed: ShallowRef<LiveFeed | null>
  notices: Ref<Notice[]>
  /** A key pressed on a row whose card was not open yet; taken by the drawer when the card is there. */
  pendingKey: Ref<string>
  onEvent: (listener: (event: LiveEvent) => void) => () => void
  readNotices: () => Promise<void>
}

export const APP_STATE: InjectionKey<ConsoleState> = Symbol('console state')

export function consoleState(): ConsoleState {
  const app = new AppState(() => window.dispatchEvent(new Event('gridloop:signed-out')))
  const feed: ShallowRef<LiveFeed | null> = shallowRef(null)
  const listeners = new Set<(event: LiveEvent) => void>()
  const notices: Ref<Notice[]> = ref([])

  const state: ConsoleState = {
    app,
    sources: formSources({ classes: app.doors.classes, units: app.doors.units, upload: app.doors.photo }),
    queue: new Queue((query, signal) => app.doors.cases(query, signal)),
    feed,
    notices,
    pendingKey: ref(''),
    onEvent: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    readNotices: async () => {
      notices.value = (await app.doors.notices()).items
    },
  }

  // The feed lives as long as somebody is signed in.
  watch([app.person, app.site], ([person, site]) => {
    feed.value?.stop()
    feed.value = null
    if (!person || !site) return
    const started = new LiveFeed({ url: site.live_url, page: app.doors.events })
    started.on((event) => listeners.forEach((listener) => listener(event)))
    feed.value = started
    void started.start()
    void state.readNotices().catch(() => undefined)
  })

  state.onEvent((event) => {
    if (event.number) state.queue.changed(event.number)
    if (event.kind.startsWith('notice')) void state.readNotices().catch(() => undefined)
  })
  return state
}

export function useConsole(): ConsoleState {
  const state = inject(APP_STATE)
  if (!state) throw new Error('the console state is provided in main.ts')
  return state
}
