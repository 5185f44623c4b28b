import { computed, toValue, type MaybeRefOrGetter } from 'vue';

import { client, need } from '@/api/client';
import type { Task } from '@/api/types';
import { usePages, type Pages } from '@/core/use-pages';

/** What awaits me, the most urgent first as the server orders it. */
export function useTasks(enabled: MaybeRefOrGetter<boolean> = true): Pages<Task> {
  return usePages<Task>(
    ['task'],
    (cursor) => need(client.GET('/api/v1/me/tasks', { params: { query: { cursor, limit: 50 } } })),
    computed(() => toValue(enabled)),
  );
}
