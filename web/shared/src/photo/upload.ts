import { ref, type Ref } from 'vue'
import type { UploadedPhoto } from '../api/types'
import { sentenceOf } from '../api/problem'

export type PhotoState = 'sending' | 'ready' | 'failed'

export interface PhotoDraft {
  id: number
  name: string
  file: Blob
  /** Object URL for the preview; revoked when removed. */
  preview: string
  state: PhotoState
  part: number
  wrong: string
  sent: UploadedPhoto | null
}

export type Uploader = (file: Blob, name: string, onProgress: (part: number) => void, signal?: AbortSignal) => Promise<UploadedPhoto>

/** Limit of the photo door, in bytes. */
export const PHOTO_LIMIT_BYTES = 15 * 1024 * 1024
const IMAGE = /^image\/(jpeg|png|webp)$/

export type Refusal = 'tooBig' | 'notImage' | null

/** Why a file cannot be sent, before sending it; the server judges by content. */
export function refusalOf(file: Blob): Refusal {
  if (file.type !== '' && !IMAGE.test(file.type)) return 'notImage'
  return file.size > PHOTO_LIMIT_BYTES ? 'tooBig' : null
}

/** Photos of one form: each is sent at once on its own, kept and repeatable when that fails. */
export class PhotoTray {
  readonly drafts: Ref<PhotoDraft[]> = ref([])
  private last = 0

  constructor(private readonly upload: Uploader) {}

  get ids(): string[] {
    return this.drafts.value.flatMap((draft) => (draft.sent ? [draft.sent.id] : []))
  }

  get busy(): boolean {
    return this.drafts.value.some((draft) => draft.state === 'sending')
  }

  async add(file: Blob, name: string): Promise<void> {
    this.last += 1
    const id = this.last
    this.drafts.value.push({ id, name, file, preview: URL.createObjectURL(file), state: 'sending', part: 0, wrong: '', sent: null })
    await this.send(id)
  }

  async send(id: number): Promise<void> {
    const draft = this.drafts.value.find((one) => one.id === id)
    if (!draft) return
    draft.state = 'sending'
    draft.wrong = ''
    try {
      draft.sent = await this.upload(draft.file, draft.name, (part) => {
        draft.part = part
      })
      draft.state = 'ready'
    } catch (error) {
      draft.state = 'failed'
      draft.wrong = sentenceOf(error)
    }
  }

  remove(id: number): void {
    const draft = this.drafts.value.find((one) => one.id === id)
    if (draft) URL.revokeObjectURL(draft.preview)
    this.drafts.value = this.drafts.value.filter((one) => one.id !== id)
  }

  clear(): void {
    this.drafts.value.forEach((draft) => URL.revokeObjectURL(draft.preview))
    this.drafts.value = []
  }
}
