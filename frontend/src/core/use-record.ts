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

/** One thing read from the server, kept fresh under `key`. */
export function useRecord<T>(
  key: MaybeRefOrGetter<readonly unknown[]>,
  read: () => Promise<T>,
  options: LoadOptions<T> = {},
): Loaded<T> {
  const query = useQuery<T>({
    queryKey: computed(() => toValue(key)),
    queryFn: read,
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
