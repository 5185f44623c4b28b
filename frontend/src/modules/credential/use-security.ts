import { useQueryClient } from '@tanstack/vue-query';
import { computed } from 'vue';

import { client, need } from '@/api/client';
import type { components } from '@/api/schema';
import type { EventEntry } from '@/api/types';
import { useSession } from '@/core/session-store';
import { useAction, type Action } from '@/core/use-action';
import { usePages, type Pages } from '@/core/use-pages';
import { useRecord, type Loaded } from '@/core/use-record';

type Schemas = components['schemas'];
export type Security = Schemas['SecurityOut'];
export type OpenSession = Schemas['SessionOut'];
export type Enrolment = Schemas['EnrolmentOut'];

const KEY = ['security'];
const SESSIONS = ['own-sessions'];

export const useSecurity = (): Loaded<Security> => useRecord(KEY, () => need(client.GET('/api/v1/me/security')));
export const useOwnSessions = (): Loaded<OpenSession[]> => useRecord(SESSIONS, async () => (await need(client.GET('/api/v1/me/sessions'))).items);

/** What was done to the own account; nothing but what is due is answered before that is done. */
export function useOwnEvents(): Pages<EventEntry> {
  const session = useSession();
  return usePages<EventEntry>(['own-events'], (cursor) =>
    need(client.GET('/api/v1/me/security/events', { params: { query: { cursor, limit: 20 } } })), computed(() => session.me !== null && session.me.due === null));
}

/** A deed after which what is due, what is in use and where one is signed in are read anew. */
function useDeed<A extends unknown[], R>(work: (...given: A) => Promise<R>): Action<A, R> {
  const queries = useQueryClient();
  return useAction(async (...given: A) => {
    const done = await work(...given);
    await Promise.all([queries.invalidateQueries({ queryKey: KEY }), queries.invalidateQueries({ queryKey: SESSIONS })]);
    return done;
  });
}

export const useNewPassword = (): Action<[string, string], number> =>
  useDeed(async (current: string, password: string) => {
    const body = { current_password: current, password };
    return (await need(client.POST('/api/v1/me/password', { body }))).sessions_ended;
  });

export const useEnrolment = (): Action<[string], Enrolment> =>
  useDeed((current: string) => need(client.POST('/api/v1/me/second-step', { body: { current_password: current } })));

export const useConfirmation = (): Action<[string], string[]> =>
  useDeed(async (code: string) => (await need(client.POST('/api/v1/me/second-step/confirmation', { body: { code } }))).recovery_codes);

export const useNewCodes = (): Action<[string], string[]> =>
  useDeed(async (code: string) => (await need(client.POST('/api/v1/me/second-step/recovery-codes', { body: { code } }))).recovery_codes);

export const useRemoval = (): Action<[string], boolean> =>
  useDeed(async (code: string) => (await need(client.POST('/api/v1/me/second-step/removal', { body: { code } }))).due);

export const useSessionEnd = (): Action<[string | null], number> =>
  useDeed(async (id: string | null) => {
    const path = { id: id ?? '' };
    const call = id === null ? client.POST('/api/v1/me/sessions/end-others') : client.POST('/api/v1/me/sessions/{id}/end', { params: { path } });
    return (await need(call)).ended;
  });

/** What a new password still lacks, as far as the page can tell while somebody types; the server knows the rest. */
export function strength(password: string, least: number, passphrase: number): { long: boolean; mixed: boolean } {
  const kinds = [/\p{Ll}/u, /\p{Lu}/u, /\d/, /[^\p{Ll}\p{Lu}\d]/u].filter((kind) => kind.test(password)).length;
  const length = [...password.replace(/\s+/g, ' ')].length;
  return { long: length >= least, mixed: kinds >= 3 || [...password].length >= passphrase };
}
