/** Registers the worker that keeps the app's own files for days without a network; browsers without one simply do without. */
export function keepShell(file: string, scope: string): void {
  if (!('serviceWorker' in navigator) || !import.meta.env.PROD) return
  navigator.serviceWorker.register(file, { scope, updateViaCache: 'none' }).catch((error: unknown) => {
    console.warn('this page will not open without a network:', error)
  })
}

/** Resolves when a worker answers for this page; never where there is none. */
export function workerReady(): Promise<void> {
  return new Promise((resolve) => {
    if (!('serviceWorker' in navigator)) return
    if (navigator.serviceWorker.controller) resolve()
    else navigator.serviceWorker.addEventListener('controllerchange', () => resolve(), { once: true })
  })
}

/** Files that this page fetched before its worker stood are asked for once more, so that the worker has them. */
export async function keepFetched(): Promise<void> {
  const own = performance.getEntriesByType('resource').map((entry) => new URL(entry.name))
  for (const url of own) if (url.origin === location.origin && url.pathname.startsWith('/assets/')) await fetch(url).catch(() => undefined)
}
