/*
 * Opens the phone pages without network. It keeps the pages' own files and nothing else: no answer of the API, nothing
 * that a person wrote or read. Letters are kept and sent by the page (outbox/).
 */
const VERSION = __VERSION__;
const FILES = __FILES__;
const SHELL = '/m/';
const CACHE = `guanbiao-phone-${VERSION}`;

self.addEventListener('install', (event) => {
  event.waitUntil(
    caches
      .open(CACHE)
      .then((cache) => cache.addAll([SHELL, '/look.js', '/seal.svg', ...FILES]))
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener('activate', (event) => {
  // One older version stays: a page that is open may still ask for a part of it.
  event.waitUntil(
    caches.keys().then((names) => {
      const older = names.filter((name) => name.startsWith('guanbiao-phone-') && name !== CACHE);
      return Promise.all(older.slice(0, -1).map((name) => caches.delete(name)));
    }).then(() => self.clients.claim()),
  );
});

/** The page itself: as the server has it; without network, or with one that says nothing for long, as it was kept. */
async function shell(request) {
  const kept = await caches.match(SHELL);
  if (!kept) return fetch(request);
  const fresh = fetch(SHELL, { cache: 'no-cache' });
  const patience = new Promise((resolve) => setTimeout(() => resolve(kept), 1500));
  return Promise.race([fresh.then((answer) => (answer.ok ? answer : kept), () => kept), patience]);
}

/** Files carry their hash in their name: what was kept is right. */
async function asset(request) {
  const kept = await caches.match(request);
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok) {
    const cache = await caches.open(CACHE);
    await cache.put(request, answer.clone());
  }
  return answer;
}

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== 'GET' || address.origin !== self.location.origin) return;
  if (request.mode === 'navigate' && address.pathname.startsWith('/m')) event.respondWith(shell(request));
  else if (address.pathname.startsWith('/assets/') || address.pathname === '/look.js' || address.pathname === '/seal.svg') event.respondWith(asset(request));
});
