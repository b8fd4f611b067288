import type { CaseCard } from '@shared/api/types'
import type { Shelf } from '@shared/outbox/shelf'
import { phoneSize } from '@shared/photo/size'

const PICTURE = 'picture:'

/** Pictures of cases, fetched ahead and kept sealed like everything else on the phone. */
export class CasePictures {
  private readonly urls = new Map<string, string>()

  constructor(private readonly shelf: Shelf) {}

  /** An address for <img>; '' where the picture is neither here nor to be had. */
  async url(address: string): Promise<string> {
    const known = this.urls.get(address)
    if (known) return known
    const bytes = (await this.kept(address)) ?? (await this.fetched(address))
    if (!bytes) return ''
    const url = URL.createObjectURL(new Blob([bytes]))
    this.urls.set(address, url)
    return url
  }

  async keepOf(card: CaseCard): Promise<void> {
    for (const address of addressesOf(card)) if (!(await this.kept(address))) await this.fetched(address)
  }

  async forgetOf(card: CaseCard): Promise<void> {
    await this.shelf.change(...addressesOf(card).map((address) => ({ room: 'bytes' as const, key: PICTURE + nameOf(address), value: undefined })))
  }

  private kept(address: string): Promise<ArrayBuffer | undefined> {
    return this.shelf.get<ArrayBuffer>('bytes', PICTURE + nameOf(address))
  }

  private async fetched(address: string): Promise<ArrayBuffer | null> {
    try {
      const answer = await fetch(address, { credentials: 'same-origin' })
      if (!answer.ok) return null
      const bytes = await answer.arrayBuffer()
      await this.shelf.change({ room: 'bytes', key: PICTURE + nameOf(address), value: bytes })
      return bytes
    } catch {
      return null
    }
  }
}

/** A photo is known by its path: what follows the question mark is a permission of the day. */
const nameOf = (address: string): string => address.split('?')[0] ?? address

/** What was reported and what was handed in: worth having on the walk. */
function addressesOf(card: CaseCard): string[] {
  const reported = card.photos.find((photo) => photo.kind === 'report') ?? card.photos[0]
  const handled = card.photos.findLast((photo) => photo.kind === 'handle')
  return [reported, handled].flatMap((photo) => (photo ? [phoneSize(photo.url)] : []))
}
