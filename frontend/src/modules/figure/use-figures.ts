import { computed, toValue, type MaybeRefOrGetter } from 'vue';

import { client, need } from '@/api/client';
import { download } from '@/api/transfer';
import type { Figure } from '@/api/types-figure';
import { useAction, type Action } from '@/core/use-action';
import { useRecord, type Loaded } from '@/core/use-record';

import type { FigureKey } from './figure-cards';
import type { Days } from './figure-period';

/** Where and when: what every figure of a page is asked for. */
export interface FigureQuestion extends Days {
  organization_id?: string;
}

function isQuestion(value: unknown): value is FigureQuestion {
  return typeof value === 'object' && value !== null;
}

export function useFigure(key: FigureKey, question: MaybeRefOrGetter<FigureQuestion>, enabled: MaybeRefOrGetter<boolean> = true): Loaded<Figure> {
  const name = computed(() => ['figure', key, toValue(question)]);
  return useRecord(name, ([, , asked]) =>
    need(client.GET('/api/v1/figures/{key}', { params: { path: { key }, query: isQuestion(asked) ? asked : {} } })), { enabled });
}

export type FileKind = 'xlsx' | 'csv';

/** Takes a figure out as a file. */
export function useFigureFile(key: FigureKey, question: MaybeRefOrGetter<FigureQuestion>): Action<[FileKind], void> {
  return useAction((kind: FileKind) => {
    const asked = Object.entries(toValue(question)).filter((pair): pair is [string, string] => typeof pair[1] === 'string');
    return download(`/api/v1/figures/${key}.${kind}?${new URLSearchParams(asked)}`, `${key}.${kind}`);
  });
}
