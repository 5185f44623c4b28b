import 'element-plus/theme-chalk/dark/css-vars.css';
import './styles/base.css';
import './styles/parts.css';

import { QueryClient, VueQueryPlugin } from '@tanstack/vue-query';
import { createPinia } from 'pinia';
import { createApp } from 'vue';

import { Refusal } from '@/api/refusal';
import { whenSessionEnds } from '@/api/session';
import { i18n, preferredLanguage, useLanguage } from '@/core/i18n';
import { useSession } from '@/core/session-store';

import App from './App.vue';
import { router } from './router';

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      // A refusal is an answer: asking again would not change it. A broken network may have healed.
      retry: (count, thrown) => count < 2 && thrown instanceof Refusal && (thrown.status === 0 || thrown.status >= 502),
    },
  },
});

async function start(): Promise<void> {
  const pinia = createPinia();
  await useLanguage(preferredLanguage());
  const app = createApp(App).use(pinia).use(i18n).use(VueQueryPlugin, { queryClient: queries });
  const session = useSession(pinia);
  whenSessionEnds(() => session.ask());
  await session.load().catch(() => undefined);
  app.use(router).mount('#app');
}

void start();
