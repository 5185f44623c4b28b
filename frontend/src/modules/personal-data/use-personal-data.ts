import { client, need } from '@/api/client';
import type { components } from '@/api/schema';
import { download } from '@/api/transfer';
import { useAction, type Action } from '@/core/use-action';
import { useRecord, type Loaded } from '@/core/use-record';

type Schemas = components['schemas'];
export type Holding = Schemas['HoldingOut'];
export type PrivacyNotice = Schemas['PrivacyNoticeOut'];

export const useDataMap = (): Loaded<Schemas['DataMapOut']> => useRecord(['personal-data', 'map'], () => need(client.GET('/api/v1/personal-data/map')));

export const usePrivacyNotice = (): Loaded<PrivacyNotice> => useRecord(['personal-data', 'notice'], () => need(client.GET('/api/v1/public/privacy')));

/** Everything that is held about whoever is signed in, as one file. */
export const useOwnCopy = (): Action<[], boolean> => useAction(async () => {
  await download('/api/v1/me/copy', 'copy.zip', {});
  return true;
});

/** A roster with full numbers, for a reason that stands on every page of it. */
export const useClearExport = (): Action<[string | null, string], boolean> => useAction(async (organizationId: string | null, reason: string) => {
  await download('/api/v1/exports/member/in-clear', 'member.xlsx', { organization_id: organizationId, reason });
  return true;
});
