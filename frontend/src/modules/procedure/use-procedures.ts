import { client, need } from '@/api/client';
import type { ProcedureDefinition } from '@/api/types-decision';
import { itemsOf } from '@/core/use-pages';
import { useRecord, type Loaded } from '@/core/use-record';

export function useProcedures(): Loaded<ProcedureDefinition[]> {
  return useRecord(['procedure'], async () =>
    itemsOf(await need(client.GET('/api/v1/procedures', { params: { path: {} } }))));
}
