import { useQueryClient } from '@tanstack/vue-query';
import { computed, toValue, type MaybeRefOrGetter } from 'vue';

import { client, ifMatch, need } from '@/api/client';
import type { EventEntry, Organization, OrganizationDetail } from '@/api/types';
import { useSession } from '@/core/session-store';
import { useAction, type Action } from '@/core/use-action';
import { usePages, type Pages } from '@/core/use-pages';
import { useRecord, type Loaded } from '@/core/use-record';

export function useOrganization(id: MaybeRefOrGetter<string>): Loaded<OrganizationDetail> {
  return useRecord(() => ['organization', toValue(id)], (key) =>
    need(client.GET('/api/v1/organizations/{id}', { params: { path: { id: String(key[1]) } } })), { enabled: () => toValue(id) !== '' });
}

export function useOrganizationEvents(id: MaybeRefOrGetter<string>): Pages<EventEntry> {
  const session = useSession();
  return usePages<EventEntry>(computed(() => ['organization', toValue(id), 'events']), (cursor) =>
    need(client.GET('/api/v1/organizations/{id}/events', { params: { path: { id: toValue(id) }, query: { cursor, limit: 50 } } })), computed(() => session.may('event:read')));
}

export type OrganizationDeed = 'create' | 'edit' | 'move' | 'merge' | 'dissolve';

function send(deed: OrganizationDeed, organization: Organization, body: Record<string, unknown>): Promise<Organization> {
  const params = { path: { id: organization.id }, header: ifMatch(organization.version) };
  const reason = String(body.reason ?? '');
  switch (deed) {
    case 'create':
      return need(client.POST('/api/v1/organizations', { body: { kind: '', name: '', ...body, parent_id: organization.id } }));
    case 'edit':
      return need(client.PATCH('/api/v1/organizations/{id}', { params, body }));
    case 'move':
      return need(client.POST('/api/v1/organizations/{id}/move', { params, body: { parent_id: String(body.parent_id ?? ''), reason } }));
    case 'merge':
      return need(client.POST('/api/v1/organizations/{id}/merge', { params, body: { into_id: String(body.into_id ?? ''), reason } }));
    case 'dissolve':
      return need(client.POST('/api/v1/organizations/{id}/dissolve', { params, body: { reason } }));
  }
}

/** One door for what is done to an organisation; the tree and the pages are read again after it. */
export function useOrganizationDeed(): Action<[OrganizationDeed, Organization, Record<string, unknown>], Organization> {
  const queries = useQueryClient();
  return useAction(async (deed: OrganizationDeed, organization: Organization, body: Record<string, unknown>) => {
    const changed = await send(deed, organization, body);
    await queries.invalidateQueries({ queryKey: ['organization'] });
    return changed;
  });
}
