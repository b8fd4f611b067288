import 'fake-indexeddb/auto'
import { beforeEach, describe, expect, it } from 'vitest'
import { Problem, Unreachable } from '../src/api/problem'
import { openShelf, type Shelf } from '../src/outbox/shelf'
import { moveIn } from '../src/vault/moveIn'
import { pinIsGood, Vault, type ShareGiven, type VaultDoors, type WipeKind } from '../src/vault/vault'

const HOUR_MS = 3_600_000
const PIN = '482916'
const START = Date.parse('2026-11-22T01:00:00Z')

/** The server: keeps one share and a proof, counts wrong ones, takes the share away at the fifth. */
class Desk implements VaultDoors {
  down = false
  signedOut = false
  wrong = 0
  proof = ''
  share_ = ''
  wipe: WipeKind = ''
  readonly confirmed: string[] = []
  constructor(private readonly now: () => number) {}

  async register(_name: string, proof: string): Promise<ShareGiven> {
    this.reach()
    this.proof = proof
    this.share_ = btoa('s'.repeat(32)).replace(/=+$/, '')
    return this.given()
  }

  async share(_token: string, proof: string): Promise<ShareGiven> {
    this.reach()
    if (this.signedOut) throw new Problem({}, 401, 'sign in')
    if (!this.share_) throw new Problem({ fields: { share: 'gone' } }, 409, 'gone')
    if (proof === this.proof) return this.given()
    this.wrong += 1
    if (this.wrong < 5) throw new Problem({ fields: { pin: String(5 - this.wrong) } }, 409, 'wrong')
    this.share_ = ''
    throw new Problem({ fields: { share: 'gone' } }, 409, 'gone')
  }

  async check(): Promise<{ kind: WipeKind }> {
    this.reach()
    return { kind: this.wipe }
  }

  async wiped(token: string): Promise<void> {
    this.reach()
    this.confirmed.push(token)
  }

  private given(): ShareGiven {
    return { token: 'token', share: this.share_, until: new Date(this.now() + 24 * HOUR_MS).toISOString(), tries: 5 }
  }

  private reach(): void {
    if (this.down) throw new Unreachable('no network')
  }
}

let names = 0
let now = START
let desk: Desk
let disk: Shelf
let plain: Shelf

/** The app after a restart: the same disk, a new page. */
async function aStart(): Promise<Vault> {
  const vault = new Vault(disk, plain, desk, () => now, 1000)
  await vault.load()
  return vault
}

async function aPhone(): Promise<Vault> {
  const vault = await aStart()
  await vault.begin(PIN, 7, 'P60')
  return vault
}

beforeEach(async () => {
  names += 1
  now = START
  desk = new Desk(() => now)
  disk = await openShelf(`sealed-${names}`)
  plain = await openShelf(`vault-${names}`)
})

describe('what a phone keeps', () => {
  it('comes back after a restart with the PIN, words and photos alike', async () => {
    const first = await aPhone()
    await first.change({ room: 'kept', key: 'card:1', value: { text: '井盖破损' } }, { room: 'bytes', key: 'b', value: new Uint8Array([7, 8]).buffer })
    const again = await aStart()
    expect(again.state.value).toBe('locked')
    expect(await again.unlock(PIN)).toBe('open')
    expect(await again.get('kept', 'card:1')).toEqual({ text: '井盖破损' })
    expect(new Uint8Array((await again.get<ArrayBuffer>('bytes', 'b'))!)).toEqual(new Uint8Array([7, 8]))
    expect(await again.all('kept')).toEqual([{ text: '井盖破损' }])
  })

  it('cannot be read on the disk, neither its names nor its words', async () => {
    const vault = await aPhone()
    await vault.change({ room: 'drafts', key: 'task:20261122-000731', value: { note: 'HELLO-NOTE' } })
    const lying = JSON.stringify((await disk.all<{ name: string; box: Uint8Array }>('drafts')).map((one) => [one.name, String.fromCharCode(...one.box)]))
    expect(lying).not.toContain('HELLO-NOTE')
    expect(lying).not.toContain('20261122')
    expect(await disk.get('drafts', 'task:20261122-000731')).toBeUndefined()
  })

  it('is not given out before the PIN', async () => {
    await aPhone()
    const again = await aStart()
    await expect((async () => again.get('kept', 'x'))()).rejects.toThrow('locked')
  })

  it('does not open when a box was put in the place of another', async () => {
    const vault = await aPhone()
    await vault.change({ room: 'kept', key: 'a', value: 1 }, { room: 'kept', key: 'b', value: 2 })
    const [one, two] = await disk.all<{ name: string; box: Uint8Array }>('kept')
    await disk.change({ room: 'kept', key: one!.name, value: { name: one!.name, box: two!.box } })
    await expect(vault.all('kept')).rejects.toThrow()
  })
})

describe('without a network', () => {
  it('the PIN opens it for a day, and not a minute longer', async () => {
    await aPhone()
    desk.down = true
    now += 23 * HOUR_MS
    expect(await (await aStart()).unlock(PIN)).toBe('open')
    now += 2 * HOUR_MS
    expect(await (await aStart()).unlock(PIN)).toBe('needs-network')
    desk.down = false
    desk.signedOut = true
    expect(await (await aStart()).unlock(PIN)).toBe('needs-sign-in')
    desk.signedOut = false
    expect(await (await aStart()).unlock(PIN)).toBe('open')
  })

  it('a clock set back does not lengthen the day', async () => {
    await aPhone()
    desk.down = true
    now += 20 * HOUR_MS
    expect(await (await aStart()).unlock(PIN)).toBe('open')
    now -= 15 * HOUR_MS
    expect(await (await aStart()).unlock(PIN)).toBe('needs-network')
  })

  it('five wrong PINs empty it, counted across restarts', async () => {
    const vault = await aPhone()
    await vault.change({ room: 'kept', key: 'a', value: 1 })
    desk.down = true
    for (const left of [4, 3, 2, 1]) {
      const again = await aStart()
      expect(await again.unlock('111222')).toBe('wrong')
      expect(again.left.value).toBe(left)
    }
    const last = await aStart()
    expect(await last.unlock('111222')).toBe('wiped')
    expect(await disk.all('kept')).toEqual([])
    desk.down = false
    expect((await aStart()).state.value).toBe('new')
    expect(desk.confirmed).toEqual(['token'])
  })
})

describe('with the server', () => {
  it('a wrong PIN says how many are left, and the fifth takes the key away', async () => {
    const vault = await aPhone()
    await vault.change({ room: 'kept', key: 'a', value: 1 })
    const again = await aStart()
    expect(await again.unlock('111222')).toBe('wrong')
    expect(again.left.value).toBe(4)
    for (let tried = 0; tried < 3; tried += 1) await again.unlock('111222')
    expect(await again.unlock('111222')).toBe('wiped')
    expect(await disk.all('kept')).toEqual([])
    expect(desk.confirmed).toEqual(['token'])
  })

  it('a lost phone is told to empty itself and says that it has', async () => {
    const vault = await aPhone()
    await vault.change({ room: 'kept', key: 'a', value: 1 })
    desk.wipe = 'lost'
    const again = await aStart()
    expect(await again.wipeWanted()).toBe('lost')
    await again.wipe('lost')
    expect(await disk.all('kept')).toEqual([])
    expect(await plain.all('kept')).toEqual([])
    expect(again.emptied.value).toBe('lost')
  })
})

describe('an app of before', () => {
  it('hands over what it still had to send, and leaves nothing in the open', async () => {
    const open = await openShelf(`open-${names}`)
    const vault = await aPhone()
    await open.change({ room: 'entries', key: 'e', value: { key: 'e', title: '井盖', shots: [{ key: 's' }] } }, { room: 'bytes', key: 's', value: new Uint8Array([5]).buffer })
    expect(await moveIn(open, vault)).toBe(1)
    expect(await vault.all('entries')).toEqual([{ key: 'e', title: '井盖', shots: [{ key: 's' }] }])
    expect(new Uint8Array((await vault.get<ArrayBuffer>('bytes', 's'))!)).toEqual(new Uint8Array([5]))
    expect([...(await open.all('entries')), ...(await open.all('bytes'))]).toEqual([])
  })
})

describe('a PIN', () => {
  it('has six digits that are not the first anybody tries', () => {
    expect(['482916', '000000', '123456', '654321', '12345', '48291a', '482916482916'].map(pinIsGood)).toEqual([true, false, false, false, false, false, true])
  })
})
