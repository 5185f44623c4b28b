import { client, need } from '@/api/client';
import type { Invited } from '@/api/types-account';
import { useAction, type Action } from '@/core/use-action';

/** Whom a code is for. Nothing of it is kept: with the second one it is all that anybody needs to take the account. */
export const useInvitationReading = (): Action<[string], Invited> => useAction((code: string) => need(client.POST('/api/v1/invitations/reading', { body: { code } })));

export const useAcceptance = (): Action<[string, string | null, string], { username: string }> =>
  useAction((code: string, second_code: string | null, password: string) => need(client.POST('/api/v1/invitations/acceptance', { body: { code, second_code, password } })));
