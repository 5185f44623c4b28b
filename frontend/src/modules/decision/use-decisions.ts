import { useQueryClient } from '@tanstack/vue-query';
import { computed, toValue, type MaybeRefOrGetter } from 'vue';

import { client, need } from '@/api/client';
import { download } from '@/api/transfer';
import type { Decision, DecisionDraft, DecisionRow, DecisionStatus } from '@/api/types-decision';
import { oneOf } from '@/core/one-of';
import { useAction, type Action } from '@/core/use-action';
import { usePages, type Pages } from '@/core/use-pages';

import { DECISION_STATUSES } from './decision-fields';

export interface DecisionFilter {
  organization_id?: string;
  status?: string;
  step?: string;
  q?: string;
  overdue?: boolean;
}

function known({ status, ...rest }: DecisionFilter): Omit<DecisionFilter, 'status'> & { status?: DecisionStatus } {
  return { ...rest, status: oneOf(DECISION_STATUSES, status) };
}

export function useDecisions(filter: MaybeRefOrGetter<DecisionFilter>, limit = 50): Pages<DecisionRow> {
  return usePages<DecisionRow>(computed(() => ['decision', 'list', limit, toValue(filter)]), (cursor) =>
    need(client.GET('/api/v1/decisions', { params: { query: { ...known(toValue(filter)), cursor, limit } } })));
}

export function holdersOf(row: DecisionRow): string {
  return row.holders.map((holder) => holder.name).join('、');
}

export function useDecisionStart(): Action<[DecisionDraft], Decision> {
  const queries = useQueryClient();
  return useAction(async (draft: DecisionDraft) => {
    const started = await need(client.POST('/api/v1/decisions', { body: draft }));
    await Promise.all(['decision', 'task'].map((key) => queries.invalidateQueries({ queryKey: [key] })));
    return started;
  });
}

export const downloadDocument = (id: string, document: 'resolution.pdf' | 'resolution.docx' | 'dossier.zip', number: string): Promise<void> =>
  download(`/api/v1/decisions/${id}/${document}`, `${number}-${document}`);
