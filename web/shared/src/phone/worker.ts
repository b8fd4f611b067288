/** Registers the worker that keeps the app's own files for days without a network; browsers without one simply do without. */
export function keepShell(file: string, scope: string): void {
  if (!('serviceWorker' in navigator) || !import.meta.env.PROD) return
  navigator.serviceWorker.register(file, { scope, updateViaCache: 'none' }).catch((error: unknown) => {
    console.warn('this page will not open without a network:', error)
  })
}
