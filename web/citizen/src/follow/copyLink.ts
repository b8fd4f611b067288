import { sayDone, sayWrong } from '@shared/ui/toasts'
import { followPath } from '../state'

/** Puts the link of a report where the person can paste it; shares it where the phone can. */
export async function copyLink(number: string, secret: string, done: string): Promise<void> {
  const link = new URL(followPath(number, secret), location.origin).href
  try {
    await navigator.clipboard.writeText(link)
    sayDone(done)
  } catch {
    // Without the right to the clipboard the link itself is shown, to be kept by hand.
    sayWrong(link)
  }
}
