import { nextTick, shallowRef, type Component } from 'vue';

import { announce } from '@/core/live';

import Home from './pages/Home.vue';
import { PLACES } from './sites';
import { t } from './words';

/**
 * The addresses below /m/ and the pages that stand there. A dozen pages without nesting need no more than this, and the
 * first screen has no room for a general router. Going back is the browser's own business.
 */
export interface Here {
  name: string;
  params: Record<string, string>;
  query: URLSearchParams;
}

type Load = () => Promise<{ default: Component }>;

const loads: Record<string, Load> = {
  home: () => Promise.resolve({ default: Home }),
  place: () => Promise.resolve({ default: Home }),
  feedback: () => import('./pages/Feedback.vue'),
  receipt: () => import('./pages/Receipts.vue'),
  track: () => import('./pages/Track.vue'),
  news: () => import('./pages/News.vue'),
  opinions: () => import('./pages/News.vue'),
  decision: () => import('./pages/DecisionOpinion.vue'),
  honest: () => import('./pages/Honest.vue'),
  privacy: () => import('./pages/Privacy.vue'),
  ...Object.fromEntries(['work', 'work_notices', 'work_record', 'work_security', 'work_item', 'work_card'].map((name) => [name, (): ReturnType<Load> => import('./work/WorkFrame.vue')])),
  missing: () => import('./pages/Missing.vue'),
};

const patterns = Object.entries(PLACES).map(([name, path]) => ({
  name,
  pattern: new RegExp(`^${path.replace(/:(\w+)/g, '(?<$1>[^/]+)')}/?$`),
}));

function read(): Here {
  const query = new URLSearchParams(location.search);
  for (const { name, pattern } of patterns) {
    const found = pattern.exec(location.pathname);
    if (found) return { name, params: { ...found.groups }, query };
  }
  return { name: 'missing', params: {}, query };
}

export const here = shallowRef<Here>(read());
/** The page that is drawn; it lags behind `here` while its code is under way. */
export const page = shallowRef<Component>(Home);
export const opening = shallowRef(false);
/** The code of a page did not come: no network, and the page was never opened before. */
export const lost = shallowRef(false);

async function show(): Promise<void> {
  const wanted = read();
  opening.value = true;
  lost.value = false;
  try {
    const loaded = await loads[wanted.name]?.();
    if (loaded) page.value = loaded.default;
    here.value = wanted;
  } catch {
    lost.value = true;
  } finally {
    opening.value = false;
  }
  document.title = `${t(`phone.title.${wanted.name.startsWith('work') ? 'work' : wanted.name}`)} · ${t('phone.product')}`;
}

/** Like opening a page: what was read before is over, the title is said, the keyboard is at the heading. */
async function arrive(): Promise<void> {
  await nextTick();
  announce(document.title);
  const heading = document.querySelector<HTMLElement>('main h1');
  heading?.setAttribute('tabindex', '-1');
  heading?.focus({ preventScroll: true });
}

export async function go(path: string, how: { replace?: boolean } = {}): Promise<void> {
  history[how.replace ? 'replaceState' : 'pushState'](null, '', path);
  await show();
  scrollTo(0, 0);
  await arrive();
}

export async function startRouter(): Promise<void> {
  document.addEventListener('click', followLink);
  addEventListener('popstate', () => void show().then(arrive));
  await show();
}

/** Fetches the code of the pages that people open next, so that they open without network too. */
export function fetchAhead(): void {
  for (const name of ['feedback', 'receipt', 'track', 'news']) loads[name]?.().catch(() => undefined);
}

/** Clicks on links into /m/ stay in the page; new tabs and other addresses are left to the browser. */
function followLink(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = event.target instanceof Element ? event.target.closest('a') : null;
  if (!link || link.target || link.hasAttribute('download') || link.origin !== location.origin || !link.pathname.startsWith('/m/')) return;
  event.preventDefault();
  void go(link.pathname + link.search);
}
