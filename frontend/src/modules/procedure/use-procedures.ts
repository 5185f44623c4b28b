import { client, need } from '@/api/client';
import type { ProcedureDefinition, ProcedureStepDefinition } from '@/api/types-procedure';
import { useRecord, type Loaded } from '@/core/use-record';

export function useProcedures(): Loaded<ProcedureDefinition[]> {
  return useRecord(['procedure'], async () =>
    (await need(client.GET('/api/v1/procedures'))).items as unknown as ProcedureDefinition[]);
}

/** The definition of a step, once the library has come: it gives a record's fields their titles. */
export function useStepDefinition(procedure: () => string): (step: string) => ProcedureStepDefinition | undefined {
  const library = useProcedures();
  return (step) => library.data.value?.find((one) => one.key === procedure())?.steps.find((one) => one.key === step);
}
