import { useQueryClient } from '@tanstack/vue-query';
import { computed, toValue, type MaybeRefOrGetter } from 'vue';

import { client, ifMatch, need } from '@/api/client';
import type { Client, Delivery, DeliveryState, Webhook, WebhookSecret } from '@/api/types-partner';
import { useAction, type Action } from '@/core/use-action';
import { usePages, type Pages } from '@/core/use-pages';
import { useRecord, type Loaded } from '@/core/use-record';

import type { WebhookDeed } from './partner-fields';

const LOOK_AGAIN = 15_000;

export function useClients(): Pages<Client> {
  return usePages<Client>(['partner', 'clients'], (cursor) => need(client.GET('/api/v1/clients', { params: { query: { cursor, limit: 50 } } })));
}

export function useClient(id: MaybeRefOrGetter<string>): Loaded<Client> {
  return useRecord(() => ['partner', 'client', toValue(id)], () => need(client.GET('/api/v1/clients/{id}', { params: { path: { id: toValue(id) } } })), { enabled: () => toValue(id) !== '', every: () => LOOK_AGAIN });
}

/** The webhooks of a client, looked at again four times a minute: how they go is what the page is for. */
export function useWebhooks(clientId: MaybeRefOrGetter<string>): Loaded<Webhook[]> {
  return useRecord(() => ['partner', 'webhooks', toValue(clientId)], async () =>
    (await need(client.GET('/api/v1/webhooks', { params: { query: { client_id: toValue(clientId), limit: 50 } } }))).items, { every: () => LOOK_AGAIN });
}

export function useDeliveries(id: MaybeRefOrGetter<string>, state: DeliveryState): Pages<Delivery> {
  return usePages<Delivery>(computed(() => ['partner', 'deliveries', toValue(id), state]), (cursor) =>
    need(client.GET('/api/v1/webhooks/{id}/deliveries', { params: { path: { id: toValue(id) }, query: { state, cursor, limit: 20 } } })));
}

/** Something done to webhooks; whatever was read of partners is read again after it. */
function useKeeping<A extends unknown[], R>(work: (...args: A) => Promise<R>): Action<A, R> {
  const queries = useQueryClient();
  return useAction(async (...args: A) => {
    const answer = await work(...args);
    await queries.invalidateQueries({ queryKey: ['partner'] });
    return answer;
  });
}

export interface DeedBody {
  reason: string;
  url: string;
  overlap_hours: number;
  since: string;
  until: string;
}

/** What a deed answers that somebody has to be told: a new secret, or how many messages are sent again. */
export interface Told {
  secret?: string;
  count?: number;
}

export const useWebhookDeed = (): Action<[WebhookDeed, Webhook, DeedBody], Told> =>
  useKeeping(async (deed, webhook, { reason, url, overlap_hours, since, until }): Promise<Told> => {
    const path = { id: webhook.id };
    const params = { path, header: ifMatch(webhook.version) };
    if (deed === 'again') return { count: (await need(client.POST('/api/v1/webhooks/{id}/redeliveries', { params: { path }, body: { since, until, states: ['dead'] } }))).count };
    if (deed === 'renew') return { secret: (await need(client.POST('/api/v1/webhooks/{id}/secrets', { params, body: { overlap_hours, reason } }))).secret };
    if (deed === 'confirm') await need(client.POST('/api/v1/webhooks/{id}/confirmation', { params, body: { url, reason } }));
    if (deed === 'pause') await need(client.POST('/api/v1/webhooks/{id}/pause', { params, body: { reason } }));
    if (deed === 'resume') await need(client.POST('/api/v1/webhooks/{id}/resumption', { params, body: { reason } }));
    if (deed === 'close') await need(client.POST('/api/v1/webhooks/{id}/closing', { params, body: { reason } }));
    return {};
  });

export const useSettingUp = (): Action<[Client, { url: string; resources: string[] }], WebhookSecret> =>
  useKeeping((of, body) => need(client.POST('/api/v1/webhooks', { body: { ...body, client_id: of.id, types: [] } })));

export const useRedelivering = (): Action<[string, Delivery], { count: number }> =>
  useKeeping((id, delivery) => need(client.POST('/api/v1/webhooks/{id}/redelivery', { params: { path: { id } }, body: { delivery_id: delivery.id } })));
