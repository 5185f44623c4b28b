import { useQuery } from '@tanstack/vue-query';
import { computed, toValue, type ComputedRef, type MaybeRefOrGetter } from 'vue';

import { asRefusal, type Refusal } from '@/api/refusal';

export interface Loaded<T> {
  data: ComputedRef<T | undefined>;
  loading: ComputedRef<boolean>;
  refusal: ComputedRef<Refusal | null>;
  again: () => void;
}

export interface LoadOptions<T> {
  enabled?: MaybeRefOrGetter<boolean>;
  /** Milliseconds until the next look, or false to stop looking. */
  every?: (data: T | undefined) => number | false;
}

/**
 * One thing read from the server, kept fresh under `key`. `read` is given the key: two users of one key share its
 * reader, so a reader that looked at its own user's state would put one thing under the name of another.
 */
export function useRecord<T>(
  key: MaybeRefOrGetter<readonly unknown[]>,
  read: (key: readonly unknown[]) => Promise<T>,
  options: LoadOptions<T> = {},
): Loaded<T> {
  const query = useQuery<T>({
    queryKey: computed(() => toValue(key)),
    queryFn: ({ queryKey }) => read(queryKey),
    enabled: computed(() => toValue(options.enabled ?? true)),
    refetchInterval: (running) => options.every?.(running.state.data) ?? false,
  });
  return {
    data: computed(() => query.data.value),
    loading: computed(() => query.isPending.value && query.fetchStatus.value !== 'idle'),
    refusal: computed(() => (query.error.value ? asRefusal(query.error.value) : null)),
    again: () => void query.refetch(),
  };
}
