import { useQueryClient } from '@tanstack/vue-query';
import { computed, type ComputedRef } from 'vue';
import { useI18n } from 'vue-i18n';

import { client, ifMatch, need } from '@/api/client';
import type { CodedField, CodeMapping, NewMapping, UnknownCode, WaitingRecord } from '@/api/types-mapping';
import type { Column } from '@/core/columns';
import { useAction, type Action } from '@/core/use-action';
import { usePages, type Pages } from '@/core/use-pages';
import { useRecord, type Loaded } from '@/core/use-record';

const LOOK_AGAIN_MS = 30_000;

export const MAPPING_COLUMNS: Column<CodeMapping>[] = [
  { key: 'code', title: 'mapping.field.code', width: '22%', text: (row) => row.code, numeric: true },
  { key: 'value', title: 'mapping.field.value', width: '28%' },
  { key: 'field', title: 'mapping.field.field', width: '25%' },
  { key: 'client', title: 'mapping.field.client', width: '25%', text: (row) => row.client.name },
];

/** The codes that nobody has mapped. */
export function useUnknownCodes(): Loaded<UnknownCode[]> {
  return useRecord(['mapping', 'codes'], async () => (await need(client.GET('/api/v1/mapping-queue/codes'))).items, { every: () => LOOK_AGAIN_MS });
}

/** The records whose codes are known and that were refused all the same. */
export function useRefusedRecords(): Pages<WaitingRecord> {
  return usePages<WaitingRecord>(['mapping', 'refused'], (cursor) => need(client.GET('/api/v1/mapping-queue', { params: { query: { cursor, limit: 50, state: 'refused' } } })));
}

export function useMappings(): Pages<CodeMapping> {
  return usePages<CodeMapping>(['mapping', 'mapped'], (cursor) => need(client.GET('/api/v1/mappings', { params: { query: { cursor, limit: 50 } } })));
}

/** What fields have codes, in the language of the page. */
export function useCodedFields(): { of: ComputedRef<(resource: string, field: string) => CodedField | undefined> } {
  const { locale } = useI18n();
  const fields = useRecord(() => ['mapping', 'fields', locale.value], async () => (await need(client.GET('/api/v1/mappings/fields'))).items);
  return { of: computed(() => (resource, field) => fields.data.value?.find((one) => one.resource === resource && one.field === field)) };
}

/** Something done about codes; every list of this page is read again after it. */
function useDeed<A extends unknown[], R>(work: (...args: A) => Promise<R>): Action<A, R> {
  const queries = useQueryClient();
  return useAction(async (...args: A) => {
    const answer = await work(...args);
    await queries.invalidateQueries({ queryKey: ['mapping'] });
    return answer;
  });
}

export const useMapping = (): Action<[NewMapping], CodeMapping> => useDeed((body) => need(client.POST('/api/v1/mappings', { body })));

export const useDismissal = (): Action<[WaitingRecord, string], WaitingRecord> =>
  useDeed(({ id, version }, reason) => need(client.POST('/api/v1/mapping-queue/{id}/dismissal', { params: { path: { id }, header: ifMatch(version) }, body: { reason } })));

export const useRetry = (): Action<[WaitingRecord], WaitingRecord> =>
  useDeed(({ id, version }) => need(client.POST('/api/v1/mapping-queue/{id}/retry', { params: { path: { id }, header: ifMatch(version) } })));
