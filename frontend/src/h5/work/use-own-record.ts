import { useQueryClient } from '@tanstack/vue-query';

import { client, need } from '@/api/client';
import type { components } from '@/api/schema';
import { useAction, type Action } from '@/core/use-action';
import { useRecord, type Loaded } from '@/core/use-record';

type Schemas = components['schemas'];
export type OwnRecord = Schemas['OwnRecordOut'];
export type RecordField = Schemas['RecordField'];
export type OwnCorrection = Schemas['OwnCorrection'];

interface Asked {
  field: RecordField['field'];
  should: string;
  evidence: string;
}

export const useOwnRecord = (): Loaded<OwnRecord> => useRecord(['own-record'], () => need(client.GET('/api/v1/me/record')));

/** Calls one field wrong; somebody else settles it within five working days. */
export function useCorrection(): Action<[Asked], OwnCorrection> {
  const queries = useQueryClient();
  return useAction(async (body: Asked) => {
    const made = await need(client.POST('/api/v1/me/record/corrections', { body }));
    await queries.invalidateQueries({ queryKey: ['own-record'] });
    return made;
  });
}
