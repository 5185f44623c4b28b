import { QueryClient, VueQueryPlugin } from '@tanstack/vue-query';
import { createPinia } from 'pinia';
import type { App } from 'vue';

import { Refusal } from '@/api/refusal';
import { whenSessionEnds } from '@/api/session';
import { useSession } from '@/core/session-store';

import { addTexts } from '../words';

let started: Promise<void> | null = null;

async function run(app: App): Promise<void> {
  const queries = new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 10_000,
        // A refusal is an answer: asking again would not change it. A broken network may have healed.
        retry: (count, thrown) => count < 2 && thrown instanceof Refusal && (thrown.status === 0 || thrown.status >= 502),
      },
    },
  });
  const pinia = createPinia();
  app.use(pinia).use(VueQueryPlugin, { queryClient: queries });
  const session = useSession(pinia);
  whenSessionEnds(() => session.ask());
  await addTexts('work', (language) => (language === 'en' ? import('@/locales/en/phone-work.json') : import('@/locales/zh-CN/phone-work.json')));
  await addTexts('listen', (language) => (language === 'en' ? import('@/locales/en/listen.json') : import('@/locales/zh-CN/listen.json')));
  await session.load().catch(() => undefined);
}

/** What only the pages of staff need: a session, their queries and their texts. Once, when the first of them opens. */
export function startWork(app: App): Promise<void> {
  started ??= run(app);
  return started;
}
