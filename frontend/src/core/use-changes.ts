import { useQueryClient, type QueryKey } from '@tanstack/vue-query';
import { onBeforeUnmount, onMounted } from 'vue';

import { useSession } from '@/core/session-store';

import { followChanges, type ChangedResource } from './change-stream';
import { isLongList } from './use-pages';

const READS: Record<ChangedResource, string> = {
  organizations: 'organization:read',
  members: 'member:read',
  decisions: 'decision:read',
  rectifications: 'rectification:read',
  'feedback-cards': 'feedback:read',
};

/**
 * Keeps what a page shows fresh while it is looked at: when one of the resources changes, the queries under `keys` are
 * read anew in the background; a long list says instead that it is no longer as it was. A tab that nobody sees follows nothing, and looks once when it is seen again.
 */
export function useChanges(resources: readonly ChangedResource[], keys: readonly QueryKey[]): void {
  const queries = useQueryClient();
  const session = useSession();
  let close: (() => void) | null = null;

  function refresh(): void {
    for (const queryKey of keys) {
      void queries.invalidateQueries({ queryKey, predicate: (query) => !isLongList(query) });
      void queries.invalidateQueries({ queryKey, predicate: isLongList, refetchType: 'none' });
    }
  }

  function open(): void {
    const readable = resources.filter((resource) => session.may(READS[resource]));
    if (close === null && !document.hidden && readable.length > 0) close = followChanges(readable, refresh);
  }

  function leave(): void {
    close?.();
    close = null;
  }

  function seen(): void {
    if (document.hidden) return leave();
    if (close === null) refresh();
    open();
  }

  onMounted(() => {
    document.addEventListener('visibilitychange', seen);
    open();
  });
  onBeforeUnmount(() => {
    document.removeEventListener('visibilitychange', seen);
    leave();
  });
}
