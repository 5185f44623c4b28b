import { client, need } from '@/api/client';
import type { ProcedureDefinition } from '@/api/types-decision';
import { useRecord, type Loaded } from '@/core/use-record';

export function useProcedures(): Loaded<ProcedureDefinition[]> {
  return useRecord(['procedure'], async () =>
    (await need(client.GET('/api/v1/procedures'))).items as unknown as ProcedureDefinition[]);
}
