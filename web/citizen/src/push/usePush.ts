import { ref, type Ref } from 'vue'
import type { ApiClient } from '@shared/api/client'
import type { Shelf } from '@shared/outbox/shelf'
import { useDoing } from '@shared/ui/doing'

/** Whether this browser shows notices while the page is closed. */
export type PushState = 'unknown' | 'unsupported' | 'denied' | 'off' | 'on'

/** For whom this browser asks: the person signed in, and reports that are followed by their secret. */
export interface PushFor {
  signedIn: boolean
  reports: readonly { number: string; secret: string }[]
}

const KEPT = 'push'
/** Newest first; older reports are rarely still open. */
const REPORTS_MAX = 30
const WORKER_WAIT_MS = 8000

/** base64url as the server writes its key, as bytes. */
export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  const plain = atob(text.replace(/-/g, '+').replace(/_/g, '/'))
  const bytes = new Uint8Array(new ArrayBuffer(plain.length))
  for (let at = 0; at < plain.length; at += 1) bytes[at] = plain.charCodeAt(at)
  return bytes
}

/** Notices on the lock screen: asks the browser, then tells the server for whom. */
export class PushUse {
  readonly state: Ref<PushState> = ref('unknown')
  private readonly doing = useDoing()
  readonly busy = this.doing.busy
  readonly wrong = this.doing.wrong

  constructor(
    private readonly client: ApiClient,
    private readonly shelf: Shelf,
    private readonly wanted: () => PushFor,
  ) {}

  /** Looks at how it stands; a subscription that the browser has renewed by itself is told to the server again. */
  async begin(): Promise<void> {
    this.state.value = this.look()
    const kept = await this.shelf.get<string>('kept', KEPT)
    if (this.state.value !== 'off' || !kept) return
    const worker = await navigator.serviceWorker.getRegistration('/')
    const found = await worker?.pushManager.getSubscription()
    if (!found) return
    this.state.value = 'on'
    if (found.endpoint !== kept) await this.tell(found)
  }

  /** Asks the browser (which asks the person) and tells the server; `wrong` says in a sentence what did not go. */
  async switchOn(): Promise<void> {
    await this.doing.during(async () => {
      const answer = await Notification.requestPermission()
      if (answer !== 'granted') {
        this.state.value = answer === 'denied' ? 'denied' : 'off'
        return
      }
      const { key } = await this.client.get<{ key: string }>('/push/key')
      const worker = await ready()
      const manager = worker.pushManager
      const found = await subscribed(manager, bytesOf(key))
      await this.tell(found)
      this.state.value = 'on'
    })
  }

  async switchOff(): Promise<void> {
    await this.doing.during(async () => {
      const worker = await navigator.serviceWorker.getRegistration('/')
      const found = await worker?.pushManager.getSubscription()
      if (found) {
        await this.client.delete('/push/subscriptions', {}, { endpoint: found.endpoint })
        await found.unsubscribe()
      }
      await this.shelf.change({ room: 'kept', key: KEPT, value: undefined })
      this.state.value = this.look()
    })
  }

  /** Something new is followed, or somebody signed in: pushes follow too, where they are on. Quiet: the next start makes it good. */
  async cover(): Promise<void> {
    if (this.state.value !== 'on') return
    const worker = await navigator.serviceWorker.getRegistration('/')
    const found = await worker?.pushManager.getSubscription()
    if (found) await this.tell(found).catch((error: unknown) => console.warn('pushes could not be extended:', error))
  }

  /** Before signing out: this browser stops hearing of the person; what is followed by its secret goes on. */
  async withoutPerson(): Promise<void> {
    if (this.state.value !== 'on') return
    const worker = await navigator.serviceWorker.getRegistration('/')
    const found = await worker?.pushManager.getSubscription()
    if (!found) return
    await this.client.delete('/push/subscriptions', {}, { endpoint: found.endpoint })
    await this.tell(found, { ...this.wanted(), signedIn: false })
  }

  private look(): PushState {
    if (!('serviceWorker' in navigator) || !('PushManager' in window) || !('Notification' in window)) return 'unsupported'
    return Notification.permission === 'denied' ? 'denied' : 'off'
  }

  private async tell(found: PushSubscription, wanted: PushFor = this.wanted()): Promise<void> {
    const { endpoint, keys } = found.toJSON()
    const form = { endpoint, keys: { p256dh: keys?.p256dh ?? '', auth: keys?.auth ?? '' } }
    if (wanted.signedIn) await this.client.post('/push/subscriptions', form)
    for (const one of wanted.reports.filter(({ secret }) => secret).slice(0, REPORTS_MAX)) {
      await this.client.post(`/reports/${one.number}/push?secret=${encodeURIComponent(one.secret)}`, form).catch((error: unknown) => {
        console.warn(`no pushes of ${one.number}:`, error)
      })
    }
    await this.shelf.change({ room: 'kept', key: KEPT, value: found.endpoint })
  }
}

/** A subscription under our present key; one under an older key is replaced. */
async function subscribed(manager: PushManager, key: Uint8Array<ArrayBuffer>): Promise<PushSubscription> {
  const asked = { userVisibleOnly: true, applicationServerKey: key }
  try {
    return await manager.subscribe(asked)
  } catch (error) {
    if (!(error instanceof DOMException && error.name === 'InvalidStateError')) throw error
    await (await manager.getSubscription())?.unsubscribe()
    return manager.subscribe(asked)
  }
}

function ready(): Promise<ServiceWorkerRegistration> {
  const late = new Promise<never>((_, reject) => {
    setTimeout(() => reject(new Error('the service worker did not start')), WORKER_WAIT_MS)
  })
  return Promise.race([navigator.serviceWorker.ready, late])
}
