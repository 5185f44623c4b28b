import { useQueryClient } from '@tanstack/vue-query';
import { computed, toValue, type MaybeRefOrGetter } from 'vue';

import { client, ifMatch, need, searchedName } from '@/api/client';
import type { Colleague, Delegation, Delegations, HandoverPackage, NewDelegation } from '@/api/types-account';
import { useAction, type Action } from '@/core/use-action';
import { usePages, type Pages } from '@/core/use-pages';
import { useRecord, type Loaded } from '@/core/use-record';

const KEY = ['delegation'];

export function useDelegations(): Loaded<Delegations> {
  return useRecord(KEY, () => need(client.GET('/api/v1/me/delegations')));
}

export function useColleagues(q: MaybeRefOrGetter<string>, enabled: MaybeRefOrGetter<boolean> = true): Pages<Colleague> {
  return usePages<Colleague>(
    computed(() => ['delegation', 'colleagues', toValue(q)]),
    (cursor) => need(client.GET('/api/v1/me/delegations/colleagues', { params: { query: { cursor, limit: 20 }, header: searchedName(toValue(q)) } })),
    computed(() => toValue(enabled)),
  );
}

function useLending<A extends unknown[]>(work: (...args: A) => Promise<Delegations>): Action<A, Delegations> {
  const queries = useQueryClient();
  return useAction(async (...args: A) => {
    const answer = await work(...args);
    await queries.invalidateQueries({ queryKey: KEY });
    return answer;
  });
}

export const useLend = (): Action<[NewDelegation], Delegations> => useLending((body) => need(client.POST('/api/v1/me/delegations', { body })));

export const useEndLoan = (): Action<[Delegation, string], Delegations> =>
  useLending(({ id, version }, reason) => need(client.POST('/api/v1/me/delegations/{id}/end', { params: { path: { id }, header: ifMatch(version) }, body: { reason } })));

/** One's own open work, to go through with whoever comes next. */
export function useOwnHandover(): Loaded<HandoverPackage> {
  return useRecord(['handover', 'own'], () => need(client.GET('/api/v1/me/handover')));
}
