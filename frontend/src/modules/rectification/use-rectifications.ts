import { computed, toValue, type MaybeRefOrGetter } from 'vue';

import { client, named, need } from '@/api/client';
import { download } from '@/api/transfer';
import type { Assignment, AssignmentAnswer, NewRectification, Rectification, RectificationRow } from '@/api/types-rectification';
import { queryOf } from '@/core/filter-field';
import { useAction, type Action } from '@/core/use-action';
import { useRefresh } from '@/core/use-acting';
import { usePages, type Pages } from '@/core/use-pages';

import { FILTERS } from './rectification-fields';

type Filter = MaybeRefOrGetter<Record<string, string>>;

/** Names of people go into headers, everything else into the address. */
function withoutNames({ responsible_person: person, responsible_leader: leader, ...rest }: Record<string, string>): { header: Record<string, string>; rest: Record<string, string> } {
  return { header: { ...named('X-Responsible-Person', person), ...named('X-Responsible-Leader', leader) }, rest };
}

export function useRectifications(filter: Filter, limit = 50, enabled: () => boolean = () => true): Pages<RectificationRow> {
  return usePages<RectificationRow>(
    computed(() => ['rectification', 'list', limit, toValue(filter)]),
    (cursor) => {
      const { header, rest } = withoutNames(toValue(filter));
      return need(client.GET('/api/v1/rectifications', { params: { query: { ...queryOf(rest, FILTERS), cursor, limit }, header } }));
    },
    computed(enabled),
  );
}

export function useRegistration(): Action<[NewRectification], Rectification> {
  const refresh = useRefresh('rectification');
  return useAction(async (body: NewRectification) => {
    const registered = await need(client.POST('/api/v1/rectifications', { body }));
    await refresh();
    return registered;
  });
}

/** Many items to one unit, with one reason; what could not be assigned is said item by item. */
export function useBulkAssignment(): Action<[Assignment], AssignmentAnswer[]> {
  const refresh = useRefresh('rectification');
  return useAction(async (body: Assignment) => {
    const { items } = await need(client.POST('/api/v1/rectifications/assignments', { body }));
    await refresh();
    return items;
  });
}

/** The ledger below an organisation, narrowed as its list is. */
export function downloadLedger(organizationId: string, filter: Record<string, string>): Promise<void> {
  const { header, rest } = withoutNames(filter);
  const query = new URLSearchParams({ ...rest, organization_id: organizationId });
  return download(`/api/v1/exports/rectification.xlsx?${query}`, 'rectification.xlsx', undefined, header);
}

export const downloadBulletin = (kind: 'docx' | 'pdf', organizationId: string, month: string): Promise<void> =>
  download(`/api/v1/rectifications/bulletin.${kind}?${new URLSearchParams({ organization_id: organizationId, month })}`, `bulletin-${month}.${kind}`);

export const downloadClosingSheet = (id: string, number: string): Promise<void> =>
  download(`/api/v1/rectifications/${id}/closing-sheet.pdf`, `${number}.pdf`);
