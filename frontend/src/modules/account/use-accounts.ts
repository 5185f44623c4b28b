import { useQueryClient } from '@tanstack/vue-query';
import { computed, toValue, type MaybeRefOrGetter } from 'vue';

import { client, ifMatch, need, searchedName } from '@/api/client';
import type { components } from '@/api/schema';
import type { EventEntry } from '@/api/types';
import type { Account, AccountCreated, AccountDetail, GrantableRole, HandoverMade, HandoverPackage, Invitation, NewAccount, NewGrant, Released, RoleGrant } from '@/api/types-account';
import { oneOf } from '@/core/one-of';
import { useAction, type Action } from '@/core/use-action';
import { usePages, type Pages } from '@/core/use-pages';
import { useRecord, type Loaded } from '@/core/use-record';

import { ACCOUNT_STATES, type PlainDeed } from './account-fields';

type Schemas = components['schemas'];

export interface AccountFilter {
  q?: string;
  state?: string;
  role?: string;
  organization_id?: string;
}

export function useAccounts(filter: MaybeRefOrGetter<AccountFilter>, enabled: MaybeRefOrGetter<boolean> = true): Pages<Account> {
  return usePages<Account>(
    computed(() => ['account', 'list', toValue(filter)]),
    (cursor) => {
      const { state, q, ...rest } = toValue(filter);
      return need(client.GET('/api/v1/accounts', { params: { query: { ...rest, state: oneOf(ACCOUNT_STATES, state), cursor, limit: 50 }, header: searchedName(q) } }));
    },
    computed(() => toValue(enabled)),
  );
}

export function useAccount(id: MaybeRefOrGetter<string>): Loaded<AccountDetail> {
  return useRecord(() => ['account', toValue(id)], () => need(client.GET('/api/v1/accounts/{id}', { params: { path: { id: toValue(id) } } })), { enabled: () => toValue(id) !== '' });
}

export function useAccountEvents(id: MaybeRefOrGetter<string>): Pages<EventEntry> {
  return usePages<EventEntry>(computed(() => ['account', toValue(id), 'events']), (cursor) =>
    need(client.GET('/api/v1/accounts/{id}/events', { params: { path: { id: toValue(id) }, query: { cursor, limit: 50 } } })));
}

export function useGrantableRoles(): Loaded<GrantableRole[]> {
  return useRecord(['account', 'roles'], async () => (await need(client.GET('/api/v1/grants/roles'))).items);
}

/** Something done to accounts; whatever was read of them is read again after it. */
function useKeeping<A extends unknown[], R>(work: (...args: A) => Promise<R>): Action<A, R> {
  const queries = useQueryClient();
  return useAction(async (...args: A) => {
    const answer = await work(...args);
    await queries.invalidateQueries({ queryKey: ['account'] });
    return answer;
  });
}

export const useJoining = (): Action<[NewAccount], AccountCreated> => useKeeping((body) => need(client.POST('/api/v1/accounts', { body })));

const at = ({ id, version }: { id: string; version: number }): { path: { id: string }; header: { 'if-match': string } } => ({ path: { id }, header: ifMatch(version) });

export const useInviting = (): Action<[Account], Invitation> => useKeeping((account) => need(client.POST('/api/v1/accounts/{id}/invitation', { params: at(account) })));

/** Lets a code be used; the answer has the second one, this once. */
export const useReleasing = (): Action<[Account, string], Released> =>
  useKeeping((account, reason) => need(client.POST('/api/v1/accounts/{id}/invitation/release', { params: at(account), body: { reason } })));

export interface DeedBody {
  reason: string;
  organization_id: string;
  leave_work: boolean;
}

export const useAccountDeed = (): Action<[PlainDeed, Account, DeedBody], AccountDetail | Schemas['Ended'] | Schemas['SecondStepReset']> =>
  useKeeping(async (deed, account, { reason, organization_id, leave_work }) => {
    const params = at(account);
    const path = { id: account.id };
    if (deed === 'end_sessions') return need(client.POST('/api/v1/accounts/{id}/sessions/end', { params: { path }, body: { reason } }));
    if (deed === 'reset_second_step') return need(client.POST('/api/v1/accounts/{id}/second-step/reset', { params: { path }, body: { reason } }));
    if (deed === 'suspend') return need(client.POST('/api/v1/accounts/{id}/suspension', { params, body: { reason } }));
    if (deed === 'resume') return need(client.POST('/api/v1/accounts/{id}/resumption', { params, body: { reason } }));
    if (deed === 'move') return need(client.POST('/api/v1/accounts/{id}/move', { params, body: { reason, organization_id } }));
    return need(client.POST('/api/v1/accounts/{id}/closing', { params, body: { reason, leave_work } }));
  });

export const useGiving = (): Action<[NewGrant], unknown> => useKeeping((body) => need(client.POST('/api/v1/grants', { body })));

export const useEndingGrant = (): Action<[RoleGrant, { ends_on?: string; reason: string }], unknown> =>
  useKeeping((grant, body) => need(client.POST('/api/v1/grants/{id}/end', { params: at(grant), body })));

export function useHandoverPackage(id: MaybeRefOrGetter<string>, successor: MaybeRefOrGetter<string>): Loaded<HandoverPackage> {
  return useRecord(() => ['account', toValue(id), 'handover', toValue(successor)], () =>
    need(client.GET('/api/v1/accounts/{id}/handover', { params: { path: { id: toValue(id) }, query: { successor_id: toValue(successor) || undefined } } })));
}

export const useHandingOver = (): Action<[Account, { successor_id: string; reason: string }], HandoverMade> =>
  useKeeping((account, body) => need(client.POST('/api/v1/accounts/{id}/handover', { params: at(account), body })));
