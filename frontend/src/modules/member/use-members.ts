import { useQueryClient } from '@tanstack/vue-query';
import { computed, toValue, type MaybeRefOrGetter } from 'vue';

import { client, ifMatch, need, searchedName } from '@/api/client';
import type { BranchStay, ClearNumbers, EventEntry, Member, MemberDetail, MemberStatus, Sex } from '@/api/types';
import { oneOf } from '@/core/one-of';
import { useSession } from '@/core/session-store';
import { useAction, type Action } from '@/core/use-action';
import { usePages, type Pages } from '@/core/use-pages';
import { useRecord, type Loaded } from '@/core/use-record';

import { MEMBER_STATUSES, SEXES } from './member-fields';

export interface MemberFilter {
  organization_id?: string;
  status?: string;
  q?: string;
  is_mobile?: boolean;
  sex?: string;
}

function known({ status, sex, ...rest }: MemberFilter): Omit<MemberFilter, 'status' | 'sex'> & { status?: MemberStatus[]; sex?: Sex } {
  const one = oneOf(MEMBER_STATUSES, status);
  return { ...rest, status: one && [one], sex: oneOf(SEXES, sex) };
}

export function useMembers(filter: MaybeRefOrGetter<MemberFilter>): Pages<Member> {
  return usePages<Member>(computed(() => ['member', 'list', toValue(filter)]), (cursor) => {
    const { q, ...rest } = known(toValue(filter));
    return need(client.GET('/api/v1/members', { params: { query: { ...rest, cursor, limit: 50 }, header: searchedName(q) } }));
  });
}

export function useMember(id: MaybeRefOrGetter<string>): Loaded<MemberDetail> {
  return useRecord(() => ['member', toValue(id)], () =>
    need(client.GET('/api/v1/members/{id}', { params: { path: { id: toValue(id) } } })));
}

export function useMemberBranches(id: MaybeRefOrGetter<string>): Pages<BranchStay> {
  return usePages<BranchStay>(computed(() => ['member', toValue(id), 'branches']), (cursor) =>
    need(client.GET('/api/v1/members/{id}/branches', { params: { path: { id: toValue(id) }, query: { cursor, limit: 50 } } })));
}

export function useMemberEvents(id: MaybeRefOrGetter<string>): Pages<EventEntry> {
  const session = useSession();
  return usePages<EventEntry>(computed(() => ['member', toValue(id), 'events']), (cursor) =>
    need(client.GET('/api/v1/members/{id}/events', { params: { path: { id: toValue(id) }, query: { cursor, limit: 50 } } })), computed(() => session.may('event:read')));
}

/** What an edit really changes: cells that were left as they are are not sent. */
export function changes(before: Member, record: Record<string, unknown>, names: string[]): Record<string, unknown> {
  const old: Record<string, unknown> = { ...before };
  const pairs = names.map((name): [string, unknown] => [name, record[name] ?? null]);
  return Object.fromEntries(pairs.filter(([name, value]) => value !== (old[name] ?? null)));
}

export function useMemberEdit(): Action<[Member, Record<string, unknown>], Member> {
  const queries = useQueryClient();
  return useAction(async (member: Member, body: Record<string, unknown>) => {
    const params = { path: { id: member.id }, header: ifMatch(member.version) };
    const changed = await need(client.PATCH('/api/v1/members/{id}', { params, body }));
    await queries.invalidateQueries({ queryKey: ['member'] });
    return changed;
  });
}

export function useMemberTransfer(): Action<[Member, { organization_id: string; on: string; reason: string }], Member> {
  const queries = useQueryClient();
  return useAction(async (member: Member, body: { organization_id: string; on: string; reason: string }) => {
    const params = { path: { id: member.id }, header: ifMatch(member.version) };
    const changed = await need(client.POST('/api/v1/members/{id}/transfer', { params, body }));
    await queries.invalidateQueries({ queryKey: ['member'] });
    return changed;
  });
}

/** What is masked in clear. The answer stays in the caller's hands: it is never kept in a query or a draft. */
export function useUnmask(id: MaybeRefOrGetter<string>): Action<[string], ClearNumbers> {
  const queries = useQueryClient();
  return useAction(async (reason: string) => {
    const params = { path: { id: toValue(id) } };
    const answer = await need(client.POST('/api/v1/members/{id}/unmask', { params, body: { fields: ['id_number', 'phone', 'birth_date', 'native_place'], reason } }));
    await queries.invalidateQueries({ queryKey: ['member', toValue(id), 'events'] });
    return answer;
  });
}
