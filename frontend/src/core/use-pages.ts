import { useInfiniteQuery } from '@tanstack/vue-query';
import { computed, type ComputedRef, type MaybeRef } from 'vue';

import { asRefusal, type Refusal } from '@/api/refusal';
import type { Page } from '@/api/types';

export interface Pages<T> {
  items: ComputedRef<T[]>;
  loading: ComputedRef<boolean>;
  refusal: ComputedRef<Refusal | null>;
  hasMore: ComputedRef<boolean>;
  loadingMore: ComputedRef<boolean>;
  more: () => void;
  again: () => void;
}

/** A list that grows by cursor: the next page is fetched when asked for. `key` names the list and its filters. */
export function usePages<T>(
  key: MaybeRef<readonly unknown[]>,
  fetchPage: (cursor: string | undefined) => Promise<Page<T>>,
  enabled: MaybeRef<boolean> = true,
): Pages<T> {
  const query = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam }: { pageParam: string | undefined }) => fetchPage(pageParam),
    initialPageParam: undefined,
    getNextPageParam: (last: Page<T>) => last.next_cursor ?? undefined,
    enabled,
  });
  return {
    items: computed(() => (query.data.value?.pages ?? []).flatMap((page) => page.items)),
    loading: computed(() => query.isPending.value && query.fetchStatus.value !== 'idle'),
    refusal: computed(() => (query.error.value ? asRefusal(query.error.value) : null)),
    hasMore: computed(() => query.hasNextPage.value),
    loadingMore: computed(() => query.isFetchingNextPage.value),
    more: () => void query.fetchNextPage(),
    again: () => void query.refetch(),
  };
}
