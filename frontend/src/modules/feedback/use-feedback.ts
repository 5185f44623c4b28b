import { computed, toValue, type MaybeRefOrGetter } from 'vue';

import { client, ifMatch, need } from '@/api/client';
import type { EventEntry } from '@/api/types';
import type { CallBack, EntryAnswer, FeedbackCard, FeedbackContact, FeedbackEntry, FeedbackRow, Gone } from '@/api/types-feedback';
import { queryOf } from '@/core/filter-field';
import { useSession } from '@/core/session-store';
import { useAction, type Action } from '@/core/use-action';
import { useRefresh, type ActSender } from '@/core/use-acting';
import { usePages, type Pages } from '@/core/use-pages';
import { useRecord, type Loaded } from '@/core/use-record';

import { FILTERS, type FeedbackDeed } from './feedback-fields';

type Id = MaybeRefOrGetter<string>;

export function useFeedbackCards(filter: MaybeRefOrGetter<Record<string, string>>, limit = 50, enabled: () => boolean = () => true): Pages<FeedbackRow> {
  return usePages<FeedbackRow>(
    computed(() => ['feedback', 'list', limit, toValue(filter)]),
    (cursor) => need(client.GET('/api/v1/feedback-cards', { params: { query: { ...queryOf(toValue(filter), FILTERS), cursor, limit } } })),
    computed(enabled),
  );
}

export function useFeedbackCard(id: Id): Loaded<FeedbackCard> {
  return useRecord(() => ['feedback', toValue(id)], (key) =>
    need(client.GET('/api/v1/feedback-cards/{id}', { params: { path: { id: String(key[1]) } } })), { enabled: () => toValue(id) !== '' });
}

export function useFeedbackEvents(id: Id): Pages<EventEntry> {
  const session = useSession();
  return usePages<EventEntry>(computed(() => ['feedback', toValue(id), 'events']), (cursor) =>
    need(client.GET('/api/v1/feedback-cards/{id}/events', { params: { path: { id: toValue(id) }, query: { cursor, limit: 50 } } })), computed(() => session.may('event:read')));
}

export const FEEDBACK_ACTS: ActSender = {
  stem: 'feedback',
  home: '/feedback',
  send: ({ id, version }, body, dryRun) => {
    const params = { path: { id }, query: dryRun ? { dry_run: true } : {}, header: ifMatch(version) };
    return need(client.POST('/api/v1/feedback-cards/{id}/acts', { params, body }));
  },
};

/** Cards that somebody in an office writes down. Each is answered by itself: its receipt, or why it was not taken in. */
export function useEntries(): Action<[FeedbackEntry[]], EntryAnswer[]> {
  const refresh = useRefresh('feedback');
  return useAction(async (entries: FeedbackEntry[]) => {
    const answer = await need(client.POST('/api/v1/feedback-cards/entries', { body: { entries } }));
    await refresh();
    return answer.entries;
  });
}

/** How to reach a sender. The answer stays in the caller's hands: it is never kept in a query or a draft. */
export function useContactReading(): Action<[FeedbackCard, string], FeedbackContact> {
  const refresh = useRefresh('feedback');
  return useAction(async ({ id }: FeedbackCard, reason: string) => {
    const contact = await need(client.POST('/api/v1/feedback-cards/{id}/contact', { params: { path: { id } }, body: { reason } }));
    await refresh();
    return contact;
  });
}

export function useCallBack(): Action<[FeedbackCard, CallBack], FeedbackCard | Gone> {
  const refresh = useRefresh('feedback');
  return useAction(async ({ id, version }: FeedbackCard, body: CallBack) => {
    const answer = await need(client.POST('/api/v1/feedback-cards/{id}/calls', { params: { path: { id }, header: ifMatch(version) }, body }));
    await refresh();
    return answer;
  });
}

function send(deed: FeedbackDeed, { id, version }: FeedbackCard, body: Record<string, unknown>): Promise<FeedbackCard | Gone> {
  const params = { path: { id }, header: ifMatch(version) };
  const reason = String(body.reason ?? '');
  switch (deed) {
    case 'change': {
      const { about_unit, ...rest } = body;
      return need(client.PATCH('/api/v1/feedback-cards/{id}', { params, body: { ...rest, ...(about_unit ? { about: { organization_ids: [String(about_unit)] } } : {}) } }));
    }
    case 'merge':
      return need(client.POST('/api/v1/feedback-cards/{id}/merge', { params, body: { into_id: String(body.into_id ?? ''), reason } }));
    case 'split':
      return need(client.POST('/api/v1/feedback-cards/{id}/split', { params, body: { parts: body.parts as { content: string; category: string }[] } }));
    case 'desk':
      return need(client.POST('/api/v1/feedback-cards/{id}/desk', { params, body: { desk_id: String(body.desk_id ?? ''), reason } }));
    case 'lift':
      return need(client.POST('/api/v1/feedback-cards/{id}/lifting', { params, body: { ids: body.ids as string[], reason } }));
    case 'rectification':
      return need(client.POST('/api/v1/feedback-cards/{id}/rectification', { params, body: { ...body, problem: String(body.problem ?? '') } }));
  }
}

/** One door for what is done to a card beside its steps. */
export function useFeedbackDeed(): Action<[FeedbackDeed, FeedbackCard, Record<string, unknown>], FeedbackCard | Gone> {
  const refresh = useRefresh('feedback');
  return useAction(async (deed: FeedbackDeed, card: FeedbackCard, body: Record<string, unknown>) => {
    const answer = await send(deed, card, body);
    await refresh('id' in answer ? answer : undefined);
    return answer;
  });
}

export const photoAddress = (card: string, photo: string): string => `/api/v1/feedback-cards/${card}/photos/${photo}`;
