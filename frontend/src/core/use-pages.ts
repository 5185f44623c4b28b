import { hashKey, useInfiniteQuery, useQueryClient, type Query } from '@tanstack/vue-query';
import { computed, onScopeDispose, ref, toValue, watch, type ComputedRef, type MaybeRef, type Ref } from 'vue';

import { asRefusal, type Refusal } from '@/api/refusal';
import type { Page } from '@/api/types';

/** A list of more pages than this is not read anew by itself: it would be asked for page by page with every change. */
const LONGEST_REFRESHED = 4;

export function isLongList(query: Query): boolean {
  const data = query.state.data as { pages?: unknown[] } | undefined;
  return (data?.pages?.length ?? 0) > LONGEST_REFRESHED;
}

export interface Pages<T> {
  items: ComputedRef<T[]>;
  loading: ComputedRef<boolean>;
  refusal: ComputedRef<Refusal | null>;
  hasMore: ComputedRef<boolean>;
  loadingMore: ComputedRef<boolean>;
  more: () => void;
  again: () => void;
  /** Something changed that a long list does not show yet; `anew` begins with its first page. */
  outdated: Ref<boolean>;
  anew: () => void;
}

/** A list that grows by cursor: the next page is fetched when asked for. `key` names the list and its filters. */
export function usePages<T>(
  key: MaybeRef<readonly unknown[]>,
  fetchPage: (cursor: string | undefined) => Promise<Page<T>>,
  enabled: MaybeRef<boolean> = true,
): Pages<T> {
  const queries = useQueryClient();
  const outdated = ref(false);
  function look(): void {
    const state = queries.getQueryState(toValue(key));
    outdated.value = state?.isInvalidated === true && state.fetchStatus === 'idle' && state.status === 'success';
  }
  onScopeDispose(queries.getQueryCache().subscribe((told) => {
    if (told.type === 'updated' && told.query.queryHash === hashKey(toValue(key))) look();
  }));
  watch(() => hashKey(toValue(key)), look);
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
    outdated,
    anew: () => void queries.resetQueries({ queryKey: toValue(key), exact: true }),
  };
}
