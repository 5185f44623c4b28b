import './styles/base.css';

import { createApp } from 'vue';

import App from './App.vue';
import { startOutbox } from './outbox/outbox';
import { startPlace } from './place';
import { fetchAhead, startRouter } from './router';
import { readToken } from './sites';
import { preferredLanguage, useLanguage } from './words';

/** After the first screen is there: what makes the pages open without network. */
function settle(): void {
  startOutbox();
  fetchAhead();
  // Only a place with TLS (or this machine) lets a worker in; everywhere else the pages work without.
  if (import.meta.env.PROD) navigator.serviceWorker?.register('/m/sw.js', { scope: '/m/' }).catch(() => undefined);
}

async function start(): Promise<void> {
  readToken();
  const known = startPlace();
  if (preferredLanguage() === 'en') await useLanguage('en');
  await startRouter();
  createApp(App).mount('#app');
  // On a slow network what comes later must not take the way of what is waited for.
  await known;
  if ('requestIdleCallback' in window) requestIdleCallback(settle, { timeout: 3_000 });
  else setTimeout(settle, 1_000);
}

void start();
