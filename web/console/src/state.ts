import { inject, ref, shallowRef, watch, type Ref, type ShallowRef } from 'vue'
import { AppState } from '@shared/api/state'
import type { LiveEvent, Notice } from '@shared/api/types'
import { formSources, type FormSources } from '@shared/form/sources'
import { LiveFeed } from '@shared/live/feed'
import { pick } from '@shared/i18n'
import { AlarmBoard } from './alarms/alarms'
import { alarmSound } from './alarms/sound'
import { OpenPoints } from './desk/points'
import { Queue } from './desk/queue'
import { APP_STATE } from './keys'
import { isOpenState } from './loop'
import { fleetAddress } from './fleet/live/liveFleet'
import { serveFleetFrom } from './fleet/live/store'
import { Replay, type DeskThen } from './timeline/replay'
import { frozen } from './words/frozen'

/** Everything the console keeps across its pages. */
export interface ConsoleState {
  app: AppState
  sources: FormSources
  queue: Queue
  points: OpenPoints
  alarms: AlarmBoard
  /** The past moment that the screen shows, if it does. */
  replay: Replay
  feed: ShallowRef<LiveFeed | null>
  notices: Ref<Notice[]>
  /** A key pressed on a row whose card was not open yet; taken by the drawer when the card is there. */
  pendingKey: Ref<string>
  onEvent: (listener: (event: LiveEvent) => void) => () => void
  /** Called when so much was missed that whatever is shown has to be read again. */
  onReset: (listener: () => void) => () => void
  readNotices: () => Promise<void>
}

/** Where the live process streams; the site names its origin. */
const streamAddress = (origin: string): string => `${origin.replace(/\/$/, '')}/live/events`

const NOTICE_DELAY_MS = 1500
/** Duties whose holders have alarms and can look back. */
export const ALARMED = ['acceptor', 'shift_leader', 'dispatcher', 'supervisor', 'leader', 'arbiter', 'unit']

/** The past that the screen can show, and the alarms, which follow it; while it is shown nothing is written. */
function lookingBack(app: AppState, tell: (event: LiveEvent) => void, anew: () => void): Pick<ConsoleState, 'replay' | 'alarms'> {
  const { client } = app.doors
  const replay = new Replay({ read: (moment, signal) => client.get<DeskThen>('/cases/at', { moment }, signal), release: (events) => events.forEach(tell), reset: anew })
  const alarms = new AlarmBoard(client, alarmSound)
  alarms.moment = () => replay.moment.value
  client.frozen = () => (replay.active.value ? pick(frozen.zh, frozen.en) : '')
  watch(replay.then, () => void alarms.read())
  return { replay, alarms }
}

/** Feed and alarms live as long as somebody is signed in. */
function followWhoIsSignedIn(state: ConsoleState, tell: (event: LiveEvent) => void, anew: () => void): void {
  const { app, feed, replay, alarms } = state
  watch([app.person, app.site], ([person, site]) => {
    feed.value?.stop()
    feed.value = null
    replay.live()
    alarms.stop()
    if (!person || !site) return
    if (app.holds(...ALARMED)) alarms.start()
    serveFleetFrom(fleetAddress(site.live_url))
    const started = new LiveFeed({ url: site.live_url === null ? null : streamAddress(site.live_url), page: app.doors.events })
    started.on((event) => {
      if (!replay.hold(event)) tell(event)
    })
    started.onReset(anew)
    feed.value = started
    void started.start()
    void state.readNotices().catch(() => undefined)
    void state.sources.load().catch(() => undefined)
  })
}

export function consoleState(): ConsoleState {
  let asking: ReturnType<typeof setTimeout> | undefined
  const app = new AppState(() => window.dispatchEvent(new Event('gridloop:signed-out')))
  const feed: ShallowRef<LiveFeed | null> = shallowRef(null)
  const listeners = new Set<(event: LiveEvent) => void>()
  const resetters = new Set<() => void>()
  const notices: Ref<Notice[]> = ref([])

  const tell = (event: LiveEvent): void => listeners.forEach((listener) => listener(event))
  /** Whatever is shown has to be read again. */
  const anew = (): void => {
    void state.queue.load()
    void state.points.load(true)
    resetters.forEach((listener) => listener())
  }
  const { replay, alarms } = lookingBack(app, tell, anew)

  const state: ConsoleState = {
    app,
    alarms,
    replay,
    sources: formSources({ classes: app.doors.classes, units: app.doors.units, upload: app.doors.photo }),
    queue: new Queue((query, signal) => app.doors.cases(query, signal), app.doors.counts),
    points: new OpenPoints((query) => app.doors.cases(query), isOpenState),
    feed,
    notices,
    pendingKey: ref(''),
    onEvent: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    onReset: (listener) => {
      resetters.add(listener)
      return () => resetters.delete(listener)
    },
    readNotices: async () => {
      notices.value = (await app.doors.notices()).items
    },
  }

  followWhoIsSignedIn(state, tell, anew)
  state.onEvent((event) => {
    if (event.number) state.queue.changed(event.number)
    state.points.take(event)
    // A notice comes with a change; a change need not bring one.
    clearTimeout(asking)
    asking = setTimeout(() => void state.readNotices().catch(() => undefined), NOTICE_DELAY_MS)
  })
  return state
}

export function useConsole(): ConsoleState {
  const state = inject(APP_STATE)
  if (!state) throw new Error('the console state is provided in main.ts')
  return state
}
