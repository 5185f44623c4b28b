import { defineStore } from 'pinia';
import { computed, ref } from 'vue';

import { client, need } from '@/api/client';
import { maySignIn, signIn as openSession, signOut as closeSession } from '@/api/session';
import type { Me } from '@/api/types';

/** Who is signed in. State only the session needs; everything else is server data and lives in queries. */
export const useSession = defineStore('session', () => {
  const me = ref<Me | null>(null);
  const asking = ref(false);
  let answered: (() => void) | null = null;

  const demo = computed(() => me.value?.demo ?? false);

  async function load(): Promise<void> {
    if (!maySignIn()) return;
    me.value = await need(client.GET('/api/v1/me'));
  }

  async function signIn(username: string, password: string): Promise<void> {
    const before = me.value?.id;
    await openSession(username, password);
    await load();
    // The page under the dialog belongs to somebody else: the newcomer starts afresh.
    if (before !== undefined && before !== me.value?.id) return location.assign('/');
    asking.value = false;
    answered?.();
    answered = null;
  }

  /** Shows the sign-in dialog over the page and waits until somebody has signed in. */
  let waiting: Promise<void> | null = null;
  function ask(): Promise<void> {
    // Before anybody was signed in there is no page to keep: the sign-in page itself asks.
    if (me.value === null) return Promise.resolve();
    asking.value = true;
    waiting ??= new Promise<void>((resolve) => {
      answered = resolve;
    }).finally(() => {
      waiting = null;
    });
    return waiting;
  }

  function leave(): void {
    closeSession();
    me.value = null;
    asking.value = false;
  }

  function may(permission: string): boolean {
    return me.value?.permissions.includes(permission) ?? false;
  }

  return { me, demo, asking, load, signIn, ask, leave, may };
});
