/* Keeps one app's own files, so that it opens without a network. Filled in by the build: SHELL.
   Data never passes through here: what the app needs of it lies in IndexedDB. */
const SHELL = __SHELL__
const CACHE = `${SHELL.app}-${SHELL.version}`
const PHOTOS = `${SHELL.app}-photos`
const PHOTO_DOOR = '/api/v1/photos/'
const MOST_PHOTOS = 200
const MAP = `${SHELL.app}-map`
const MOST_MAP_PIECES = 1500
const PAGE_WAIT_MS = 3500

self.addEventListener('install', (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll([SHELL.page, ...SHELL.files])))
})

self.addEventListener('activate', (event) => {
  const own = (name) => name.startsWith(`${SHELL.app}-`) && name !== CACHE && name !== MAP && !(SHELL.photos && name === PHOTOS)
  event.waitUntil(caches.keys().then((names) => Promise.all(names.filter(own).map((name) => caches.delete(name)))).then(() => self.clients.claim()))
})

self.addEventListener('fetch', (event) => {
  const { request } = event
  const url = new URL(request.url)
  if (request.method !== 'GET' || url.origin !== self.location.origin) return
  if (request.mode === 'navigate') {
    if (SHELL.routes.some((route) => url.pathname === route || (route !== '/' && url.pathname.startsWith(route)))) event.respondWith(page(request))
  } else if (url.pathname.startsWith('/assets/') || SHELL.files.includes(url.pathname)) {
    event.respondWith(fromCacheFirst(CACHE, request))
  } else if (SHELL.photos && url.pathname.startsWith(PHOTO_DOOR)) {
    event.respondWith(fromCacheFirst(PHOTOS, request).finally(() => trim(PHOTOS, MOST_PHOTOS)))
  } else if (SHELL.map && url.pathname.endsWith('.pmtiles') && request.headers.get('Range')) {
    event.respondWith(pieceOfMap(request, request.headers.get('Range')))
  }
})

/** A push holds a title, the case's number and the language; one notice a case, the newest. A browser wants something shown for each push. */
self.addEventListener('push', (event) => {
  if (!SHELL.push || !event.data) return
  const said = toldBy(event.data)
  const options = { tag: said.number || said.about || 'news', renotify: true, lang: said.lang, icon: SHELL.push.icon, badge: SHELL.push.icon }
  event.waitUntil(self.registration.showNotification(said.title, { ...options, data: { url: pageFor(said) } }))
})

self.addEventListener('notificationclick', (event) => {
  event.notification.close()
  const url = event.notification.data?.url
  if (SHELL.push && url) event.waitUntil(openAt(url))
})

function toldBy(data) {
  try {
    const said = data.json()
    return { title: String(said.title), number: String(said.number ?? ''), about: String(said.about ?? ''), lang: String(said.lang ?? 'zh') }
  } catch {
    return { title: data.text().slice(0, 120), number: '', about: '', lang: 'zh' }
  }
}

function pageFor(said) {
  if (/^\d{8}-\d{6}$/.test(said.number)) return SHELL.push.page + said.number
  if (said.about === 'announcement' && /^\d{1,18}$/.test(said.number)) return SHELL.push.news + said.number
  return said.about === 'nearby' ? SHELL.push.near : SHELL.push.mine
}

/** The report in a window that is open already, else in a new one. */
async function openAt(url) {
  const open = (await self.clients.matchAll({ type: 'window', includeUncontrolled: true })).find((one) => 'focus' in one)
  if (!open) return self.clients.openWindow(url)
  await open.focus().catch(() => undefined) // a browser may keep the window where it is; the page is opened all the same
  return open.navigate(url).catch(() => self.clients.openWindow(url))
}

/** One range of the base map: kept whole as an answer of its own, because a cache takes no partial ones. */
async function pieceOfMap(request, range) {
  const cache = await caches.open(MAP)
  const name = `${new URL(request.url).pathname}?${range}`
  const kept = await cache.match(name)
  if (kept) return partial(await kept.arrayBuffer(), kept.headers)
  const response = await fetch(request)
  if (response.status !== 206) return response
  const bytes = await response.arrayBuffer()
  putQuietly(cache, name, new Response(bytes, { headers: response.headers }))
  if (Math.random() < 0.02) trim(MAP, MOST_MAP_PIECES)
  return partial(bytes, response.headers)
}

const partial = (bytes, headers) => new Response(bytes, { status: 206, headers })

/** The newest page where the network gives it in time, else the kept one. */
async function page(request) {
  const cache = await caches.open(CACHE)
  const kept = await cache.match(SHELL.page)
  const fresh = fetch(request).then((response) => {
    if (response.ok && response.headers.get('Content-Type')?.includes('text/html')) putQuietly(cache, SHELL.page, response.clone())
    return response
  })
  if (!kept) return fresh
  fresh.catch(() => undefined)
  const late = new Promise((resolve) => setTimeout(() => resolve(kept.clone()), PAGE_WAIT_MS))
  return Promise.race([fresh.then((response) => (response.status >= 500 ? kept.clone() : response)).catch(() => kept.clone()), late])
}

async function fromCacheFirst(name, request) {
  const cache = await caches.open(name)
  const kept = await cache.match(request)
  if (kept) return kept
  const response = await fetch(request)
  if (response.status === 200) putQuietly(cache, request, response.clone())
  return response
}

/** A full disk must not break the page: what cannot be kept is only not kept. */
function putQuietly(cache, key, response) {
  cache.put(key, response).catch(() => undefined)
}

async function trim(name, most) {
  const cache = await caches.open(name)
  const keys = await cache.keys()
  await Promise.all(keys.slice(0, Math.max(0, keys.length - most)).map((key) => cache.delete(key)))
}
