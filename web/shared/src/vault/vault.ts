import { computed, ref, shallowRef, type ComputedRef, type Ref } from 'vue'
import { Problem, Unreachable } from '../api/problem'
import type { Change, Room, Shelf } from '../outbox/shelf'
import { fromText, PIN_ROUNDS, pinBits, proofOf, randomBytes, seal, shelfKeys, toText, unseal, wrappingKey, type Bytes } from './keys'
import { SealedShelf } from './sealedShelf'

/** What the server gives a phone: its share of the key, and until when it may stay without a network. */
export interface ShareGiven {
  token: string
  share: string
  until: string
  tries: number
}

export type WipeKind = '' | 'lost' | 'drill' | 'wrong_pin' | 'replaced'

export interface VaultDoors {
  register(name: string, proof: string): Promise<ShareGiven>
  share(token: string, proof: string): Promise<ShareGiven>
  check(token: string): Promise<{ kind: WipeKind }>
  wiped(token: string): Promise<void>
}

/** What lies beside the sealed things in the clear; none of it opens them alone. */
interface Meta {
  token: string
  person: number
  salt: string
  rounds: number
  wrapped: string
  /** The server's share while it may stay here; '' after that. */
  share: string
  until: number
  /** The latest moment this phone has seen: a clock set back does not lengthen the time. */
  latest: number
  tries: number
  wrong: number
}

export type VaultState = 'new' | 'locked' | 'open'
export type Unlocked = 'open' | 'wrong' | 'wiped' | 'needs-network' | 'needs-sign-in' | 'other-person' | 'later'

const META = 'vault'
const LEFT = 'wiped'
const WRAP = 'data key'
const PIN = /^\d{6,12}$/
/** A PIN that anybody would try first. */
const SAME = /^(\d)\1+$/
const RUNS = ['01234567890', '09876543210']
const DATA_BYTES = 32
const SALT_BYTES = 16
const CLOCK_SLACK_MS = 300_000

export const pinIsGood = (pin: string): boolean => PIN.test(pin) && !SAME.test(pin) && !RUNS.some((run) => run.includes(pin))

/** The sealed things of one person's work on one phone: closed until the PIN and the server's share are there together. */
export class Vault implements Shelf {
  readonly state: Ref<VaultState> = ref('new')
  /** Wrong PINs left; 0 while nothing is known of it. */
  readonly left = ref(0)
  /** Why the phone was emptied; '' where it was not. */
  readonly emptied: Ref<WipeKind> = ref('')
  readonly person: ComputedRef<number>
  readonly lasting: boolean
  private readonly meta = shallowRef<Meta | null>(null)
  private open: SealedShelf | null = null

  constructor(
    private readonly disk: Shelf,
    private readonly plain: Shelf,
    private readonly doors: VaultDoors,
    private readonly now: () => number = Date.now,
    private readonly rounds: number = PIN_ROUNDS,
  ) {
    this.lasting = disk.lasting
    this.person = computed(() => this.meta.value?.person ?? 0)
  }

  /** Reads how the phone stands; a share that is over its time goes at once. */
  async load(): Promise<void> {
    const meta = (await this.plain.get<Meta>('kept', META)) ?? null
    this.meta.value = meta
    this.state.value = meta ? 'locked' : 'new'
    if (meta?.share && this.isOver(meta)) await this.keepMeta({ ...meta, share: '' })
    await this.tellWiped()
  }

  /** Sets the phone up for a person with a new PIN; needs the network. */
  async begin(pin: string, person: number, name: string): Promise<void> {
    const salt = randomBytes(SALT_BYTES)
    const bits = await pinBits(pin, salt, this.rounds)
    const given = await this.doors.register(name, await proofOf(bits, salt))
    const data = randomBytes(DATA_BYTES)
    const wrapped = await seal(await wrappingKey(bits, fromText(given.share), salt), WRAP, data)
    await this.disk.empty()
    const meta = { token: given.token, person, salt: toText(salt), rounds: this.rounds, wrapped: toText(wrapped), wrong: 0 }
    await this.keepMeta({ ...meta, ...this.timed(given) })
    await this.unlockWith(data, salt)
  }

  /** Tries a PIN: by the server where it can be reached, else by the share that is still here. */
  async unlock(pin: string): Promise<Unlocked> {
    const meta = this.meta.value
    if (!meta) return 'wiped'
    const bits = await pinBits(pin, fromText(meta.salt), meta.rounds)
    try {
      const given = await this.doors.share(meta.token, await proofOf(bits, fromText(meta.salt)))
      return await this.unwrap({ ...meta, ...this.timed(given), wrong: 0 }, bits)
    } catch (error) {
      if (error instanceof Unreachable || (error instanceof Problem && error.isSignedOut)) return this.unlockAlone(meta, bits, error)
      return this.refused(error)
    }
  }

  /** Asks whether this phone is to be emptied; quiet where the server cannot be reached. */
  async wipeWanted(): Promise<WipeKind> {
    const meta = this.meta.value
    if (!meta) return ''
    try {
      return (await this.doors.check(meta.token)).kind
    } catch {
      return ''
    }
  }

  /** Empties the phone: first the key, so that what a crash leaves behind can never be read, then the things. */
  async wipe(why: WipeKind): Promise<void> {
    const meta = this.meta.value
    this.open = null
    await this.plain.change({ room: 'kept', key: META, value: undefined }, ...(meta ? [{ room: 'kept' as const, key: LEFT, value: meta.token }] : []))
    await this.disk.empty()
    this.meta.value = null
    this.state.value = 'new'
    this.emptied.value = why
    await this.tellWiped()
  }

  /** Closes it; the PIN is asked for again. */
  lock(): void {
    this.open = null
    if (this.meta.value) this.state.value = 'locked'
  }

  get<T>(room: Room, key: string): Promise<T | undefined> {
    return this.opened().get(room, key)
  }

  all<T>(room: Room): Promise<T[]> {
    return this.opened().all(room)
  }

  change(...changes: Change[]): Promise<void> {
    return this.opened().change(...changes)
  }

  empty(): Promise<void> {
    return this.disk.empty()
  }

  private opened(): SealedShelf {
    if (!this.open) throw new Error('what this phone keeps is locked')
    return this.open
  }

  private async unlockAlone(meta: Meta, bits: Bytes, why: Error): Promise<Unlocked> {
    if (!meta.share || this.isOver(meta)) {
      await this.keepMeta({ ...meta, share: '' })
      return why instanceof Unreachable ? 'needs-network' : 'needs-sign-in'
    }
    const tried = { ...meta, wrong: meta.wrong + 1, latest: Math.max(meta.latest, this.now()) }
    // Counted on disk before it is tried: switching the phone off does not give a try back.
    await this.keepMeta(tried)
    const end = await this.unwrap({ ...tried, wrong: 0 }, bits)
    if (end !== 'wrong') return end
    await this.keepMeta(tried)
    this.left.value = tried.tries - tried.wrong
    if (this.left.value > 0) return 'wrong'
    await this.wipe('wrong_pin')
    return 'wiped'
  }

  private async unwrap(meta: Meta, bits: Bytes): Promise<Unlocked> {
    const salt = fromText(meta.salt)
    const wrapping = await wrappingKey(bits, fromText(meta.share), salt)
    let data: Bytes
    try {
      data = await unseal(wrapping, WRAP, fromText(meta.wrapped))
    } catch {
      return 'wrong'
    }
    await this.keepMeta(meta)
    await this.unlockWith(data, salt)
    return 'open'
  }

  private async unlockWith(data: Bytes, salt: Bytes): Promise<void> {
    this.open = new SealedShelf(this.disk, await shelfKeys(data, salt))
    this.state.value = 'open'
    this.left.value = 0
    this.emptied.value = ''
  }

  private async refused(error: unknown): Promise<Unlocked> {
    if (!(error instanceof Problem)) throw error
    if (error.fields.share) {
      await this.wipe('wrong_pin')
      return 'wiped'
    }
    if (error.fields.pin) {
      this.left.value = Number(error.fields.pin)
      return 'wrong'
    }
    return error.status === 403 ? 'other-person' : 'later'
  }

  private timed(given: ShareGiven): Pick<Meta, 'share' | 'until' | 'latest' | 'tries'> {
    return { share: given.share, until: Date.parse(given.until), latest: this.now(), tries: given.tries }
  }

  private isOver(meta: Meta): boolean {
    return this.now() >= meta.until || this.now() < meta.latest - CLOCK_SLACK_MS
  }

  private async keepMeta(meta: Meta): Promise<void> {
    this.meta.value = meta
    await this.plain.change({ room: 'kept', key: META, value: meta })
  }

  /** Confirms an emptied phone, now or when the network is back. */
  private async tellWiped(): Promise<void> {
    const token = await this.plain.get<string>('kept', LEFT)
    if (!token) return
    try {
      await this.doors.wiped(token)
      await this.plain.change({ room: 'kept', key: LEFT, value: undefined })
    } catch {
      // Said again at the next start.
    }
  }
}
