import { defineStore } from 'pinia';
import { computed, ref } from 'vue';

import { actFor as keepActing, actingFor } from '@/api/acting';
import { client, need } from '@/api/client';
import { asRefusal } from '@/api/refusal';
import { maySignIn, signIn as openSession, signOut as closeSession } from '@/api/session';
import type { Me } from '@/api/types';

/** Who is signed in. State only the session needs; everything else is server data and lives in queries. */
export const useSession = defineStore('session', () => {
  const me = ref<Me | null>(null);
  const asking = ref(false);
  let answered: (() => void) | null = null;
  let since = 0;

  const demo = computed(() => me.value?.demo ?? false);

  /** Where a role is held: who decides and registers is most often there, not in the office in which a person sits. */
  const realm = computed(() => me.value?.roles.find((grant) => grant.organization)?.organization ?? me.value?.organization ?? null);
  /** Where somebody both sits and holds a role: a village's own people. None for those who work for many places. */
  const home = computed(() => me.value?.roles.find((grant) => grant.organization?.id === me.value?.organization?.id)?.organization ?? null);

  /** The county's clock as it goes on: what a page writes down as "now" must not follow a computer whose own is wrong. */
  function countyNow(): Date {
    return me.value ? new Date(Date.parse(me.value.now) + Date.now() - since) : new Date();
  }

  async function load(): Promise<void> {
    if (!maySignIn()) return;
    try {
      me.value = await need(client.GET('/api/v1/me'));
    } catch (thrown) {
      // What was lent is over: go on as oneself.
      if (actingFor() === null || asRefusal(thrown).code !== 'not_deputy') throw thrown;
      keepActing(null);
      me.value = await need(client.GET('/api/v1/me'));
    }
    since = Date.now();
  }

  /** From now on use the roles that this colleague lent, or one's own again; every page is read anew. */
  function actFor(id: string | null): void {
    keepActing(id);
    location.assign('/');
  }

  async function signIn(username: string, password: string, code = ''): Promise<void> {
    const before = me.value?.id;
    await openSession(username, password, code);
    keepActing(null);
    await load();
    // The page under the dialog belongs to somebody else: the newcomer starts afresh.
    if (before !== undefined && before !== me.value?.id) return location.assign(location.pathname.startsWith('/m/') ? '/m/work' : '/');
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
    keepActing(null);
    me.value = null;
    asking.value = false;
  }

  function may(permission: string): boolean {
    // While something is due, nothing else is allowed.
    return me.value !== null && me.value.due === null && me.value.permissions.includes(permission);
  }

  return { me, demo, realm, home, asking, countyNow, load, signIn, ask, leave, may, actFor };
});
