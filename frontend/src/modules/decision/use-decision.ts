import { computed, toValue, type MaybeRefOrGetter } from 'vue';

import { client, ifMatch, need } from '@/api/client';
import type { EventEntry } from '@/api/types';
import type { Decision, DecisionChange, FiveWOneH, NewOpinion, Opinion, OpinionAnswer } from '@/api/types-decision';
import { useSession } from '@/core/session-store';
import { useRefresh, type ActSender } from '@/core/use-acting';
import { useAction, type Action } from '@/core/use-action';
import { usePages, type Pages } from '@/core/use-pages';
import { useRecord, type Loaded } from '@/core/use-record';

type Id = MaybeRefOrGetter<string>;

export function useDecision(id: Id): Loaded<Decision> {
  return useRecord(() => ['decision', toValue(id)], () =>
    need(client.GET('/api/v1/decisions/{id}', { params: { path: { id: toValue(id) } } })));
}

export function useDecisionEvents(id: Id): Pages<EventEntry> {
  const session = useSession();
  return usePages<EventEntry>(computed(() => ['decision', toValue(id), 'events']), (cursor) =>
    need(client.GET('/api/v1/decisions/{id}/events', { params: { path: { id: toValue(id) }, query: { cursor, limit: 50 } } })), computed(() => session.may('event:read')));
}

export function useOpinions(id: Id): Pages<Opinion> {
  return usePages<Opinion>(computed(() => ['decision', toValue(id), 'opinions']), (cursor) =>
    need(client.GET('/api/v1/decisions/{id}/opinions', { params: { path: { id: toValue(id) }, query: { cursor, limit: 100 } } })));
}

/** The plan as it was asked for; the contract sends it as it was stored. */
export function planOf(decision: Decision): FiveWOneH {
  return decision.five_w_one_h as unknown as FiveWOneH;
}

export const DECISION_ACTS: ActSender = {
  stem: 'decision',
  home: '/decisions',
  send: ({ id, version }, body, dryRun) => {
    const params = { path: { id }, query: dryRun ? { dry_run: true } : {}, header: ifMatch(version) };
    return need(client.POST('/api/v1/decisions/{id}/acts', { params, body }));
  },
};

export function useAmend(): Action<[Decision, DecisionChange], Decision> {
  const refresh = useRefresh('decision');
  return useAction(async (decision: Decision, change: DecisionChange) => {
    const params = { path: { id: decision.id }, header: ifMatch(decision.version) };
    const changed = await need(client.PATCH('/api/v1/decisions/{id}', { params, body: change }));
    await refresh(changed);
    return changed;
  });
}

export function useOpinionAdd(id: Id): Action<[NewOpinion], Opinion> {
  const refresh = useRefresh('decision');
  return useAction(async (body: NewOpinion) => {
    const opinion = await need(client.POST('/api/v1/decisions/{id}/opinions', { params: { path: { id: toValue(id) } }, body }));
    await refresh();
    return opinion;
  });
}

export function useOpinionAnswer(decision: MaybeRefOrGetter<Decision>): Action<[Opinion, OpinionAnswer], Opinion> {
  const refresh = useRefresh('decision');
  return useAction(async (opinion: Opinion, body: OpinionAnswer) => {
    const { id } = toValue(decision);
    const params = { path: { id, opinion_id: opinion.id }, header: ifMatch(opinion.version) };
    const answered = await need(client.PATCH('/api/v1/decisions/{id}/opinions/{opinion_id}', { params, body }));
    await refresh();
    return answered;
  });
}
