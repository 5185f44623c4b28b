import { computed, toValue, type MaybeRefOrGetter } from 'vue';

import { client, ifMatch, need } from '@/api/client';
import type { EventEntry } from '@/api/types';
import type { Rectification, Relook, RelookAnswer } from '@/api/types-rectification';
import { useSession } from '@/core/session-store';
import { useAction, type Action } from '@/core/use-action';
import { useRefresh, type ActSender } from '@/core/use-acting';
import { usePages, type Pages } from '@/core/use-pages';
import { useRecord, type Loaded } from '@/core/use-record';

import type { RectificationDeed } from './rectification-fields';

type Id = MaybeRefOrGetter<string>;

export function useRectification(id: Id): Loaded<Rectification> {
  return useRecord(() => ['rectification', toValue(id)], (key) => need(client.GET('/api/v1/rectifications/{id}', { params: { path: { id: String(key[1]) } } })), { enabled: () => toValue(id) !== '' });
}

export function useRectificationEvents(id: Id): Pages<EventEntry> {
  const session = useSession();
  return usePages<EventEntry>(computed(() => ['rectification', toValue(id), 'events']), (cursor) =>
    need(client.GET('/api/v1/rectifications/{id}/events', { params: { path: { id: toValue(id) }, query: { cursor, limit: 50 } } })), computed(() => session.may('event:read')));
}

export const RECTIFICATION_ACTS: ActSender = {
  stem: 'rectification',
  home: '/rectifications',
  send: ({ id, version }, body, dryRun) => {
    const params = { path: { id }, query: dryRun ? { dry_run: true } : {}, header: ifMatch(version) };
    return need(client.POST('/api/v1/rectifications/{id}/acts', { params, body }));
  },
};

/** The item that a number names, as people write it: ZG-2026-0123. What names nothing goes as it is, and the server says so. */
async function idOf(number: string): Promise<string> {
  const wanted = number.trim().toUpperCase();
  const { items } = await need(client.GET('/api/v1/rectifications', { params: { query: { q: wanted, limit: 5 } } }));
  return items.find((one) => one.number === wanted)?.id ?? number;
}

async function send(deed: RectificationDeed, item: Rectification, body: Record<string, unknown>): Promise<Rectification> {
  const params = { path: { id: item.id }, header: ifMatch(item.version) };
  const reason = String(body.reason ?? '');
  switch (deed) {
    case 'edit':
      return need(client.PATCH('/api/v1/rectifications/{id}', { params, body }));
    case 'corrections':
      return need(client.POST('/api/v1/rectifications/{id}/corrections', { params, body: { text: String(body.text ?? ''), reason } }));
    case 'merge':
      return need(client.POST('/api/v1/rectifications/{id}/merge', { params, body: { into_id: await idOf(String(body.into ?? '')), reason } }));
    case 'transfer':
      return need(client.POST('/api/v1/rectifications/{id}/transfer', { params, body: { ...body, responsible_unit_id: String(body.responsible_unit_id ?? ''), reason } }));
    case 'supervision':
      return need(client.POST('/api/v1/rectifications/{id}/supervision', { params, body: { reason } }));
  }
}

/** One door for what is done to an item beside its steps. */
export function useRectificationDeed(): Action<[RectificationDeed, Rectification, Record<string, unknown>], Rectification> {
  const refresh = useRefresh('rectification');
  return useAction(async (deed: RectificationDeed, item: Rectification, body: Record<string, unknown>) => {
    const changed = await send(deed, item, body);
    await refresh(changed);
    return changed;
  });
}

export function useRelook(): Action<[Rectification, Relook, RelookAnswer], Rectification> {
  const refresh = useRefresh('rectification');
  return useAction(async (item: Rectification, relook: Relook, body: RelookAnswer) => {
    const answer = await need(client.POST('/api/v1/rectifications/{id}/relooks/{relook_id}', { params: { path: { id: item.id, relook_id: relook.id } }, body }));
    await refresh(answer);
    return answer;
  });
}
