import { computed, toValue, type MaybeRefOrGetter } from 'vue';

import { client, need } from '@/api/client';
import type { Organization, OrganizationStatus, Page } from '@/api/types';
import { usePages, type Pages } from '@/core/use-pages';

export interface OrganizationFilter {
  parent_id?: string;
  kind?: string;
  status?: OrganizationStatus;
  q?: string;
}

export function fetchOrganizations(filter: OrganizationFilter, cursor?: string, limit = 200): Promise<Page<Organization>> {
  return need(client.GET('/api/v1/organizations', { params: { query: { ...filter, cursor, limit } } }));
}

/** Organisations by name, pinyin or initials; nothing is asked for an empty search. */
export function useOrganizationSearch(q: MaybeRefOrGetter<string>, limit = 20): Pages<Organization> {
  const wanted = computed(() => toValue(q).trim());
  return usePages<Organization>(
    computed(() => ['organization', 'search', wanted.value]),
    (cursor) => fetchOrganizations({ q: wanted.value }, cursor, limit),
    computed(() => wanted.value !== ''),
  );
}

export function useChildren(parentId: MaybeRefOrGetter<string>): Pages<Organization> {
  return usePages<Organization>(
    computed(() => ['organization', 'children', toValue(parentId)]),
    (cursor) => fetchOrganizations({ parent_id: toValue(parentId) }, cursor, 50),
  );
}
