import { useQueryClient } from '@tanstack/vue-query';
import { computed, toValue, type MaybeRefOrGetter } from 'vue';

import { client, need } from '@/api/client';
import type { Decision, DecisionDraft, DecisionRow } from '@/api/types-decision';
import { useAction, type Action } from '@/core/use-action';
import { usePages, type Pages } from '@/core/use-pages';

export interface DecisionFilter {
  organization_id?: string;
  status?: string;
  step?: string;
  q?: string;
  overdue?: boolean;
}

export function useDecisions(filter: MaybeRefOrGetter<DecisionFilter>, limit = 50): Pages<DecisionRow> {
  return usePages<DecisionRow>(computed(() => ['decision', 'list', limit, toValue(filter)]), (cursor) =>
    need(client.GET('/api/v1/decisions', { params: { path: {}, query: { ...toValue(filter), cursor, limit } } })));
}

/** The step a decision stands at; a list row may say it itself or inside its procedure. */
export function stepOf(row: DecisionRow): string | null {
  return row.step ?? row.procedure?.step ?? null;
}

export function dueOf(row: DecisionRow): string | null {
  return row.due_at ?? row.procedure?.due_at ?? null;
}

export function holdersOf(row: DecisionRow): string {
  return (row.holders ?? row.procedure?.holders ?? []).map((holder) => holder.name).join('、');
}

export function useDecisionStart(): Action<[DecisionDraft], Decision> {
  const queries = useQueryClient();
  return useAction(async (draft: DecisionDraft) => {
    const started = await need(client.POST('/api/v1/decisions', { params: { path: {} }, body: draft }));
    await Promise.all(['decision', 'task'].map((key) => queries.invalidateQueries({ queryKey: [key] })));
    return started;
  });
}
