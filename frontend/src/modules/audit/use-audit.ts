import { computed, toValue, type MaybeRefOrGetter } from 'vue';

import { client, need } from '@/api/client';
import { download } from '@/api/transfer';
import type { AuditedEvent, EventKind, LogExport, LogState, Proof } from '@/api/types-audit';
import { usePages, type Pages } from '@/core/use-pages';
import { useRecord, type Loaded } from '@/core/use-record';

import { dayBounds } from './audit-fields';

/** What stands in the address, as the server's query takes it: days become the moments at which they begin and end. */
export function asked(filter: Record<string, string>, sensitive: boolean): Record<string, unknown> {
  const { from, to, kind, ...rest } = filter;
  return { ...rest, ...dayBounds(from, to), ...(kind ? { kind: [kind] } : {}), ...(sensitive ? { sensitive: true } : {}) };
}

export function useLog(filter: MaybeRefOrGetter<Record<string, string>>, sensitive: MaybeRefOrGetter<boolean>): Pages<AuditedEvent> {
  return usePages<AuditedEvent>(
    computed(() => ['audit', 'events', toValue(sensitive), toValue(filter)]),
    (cursor) => need(client.GET('/api/v1/events', { params: { query: { ...asked(toValue(filter), toValue(sensitive)), cursor, limit: 50 } } })),
  );
}

export function useEventKinds(language: MaybeRefOrGetter<string>): Loaded<{ items: EventKind[] }> {
  return useRecord(() => ['audit', 'kinds', toValue(language)], () => need(client.GET('/api/v1/event-kinds')));
}

/** How the log stands; looked at again every minute, since the worker seals meanwhile. */
export function useLogState(language: MaybeRefOrGetter<string>): Loaded<LogState> {
  return useRecord(() => ['audit', 'state', toValue(language)], () => need(client.GET('/api/v1/seals/state')), { every: () => 60_000 });
}

export function exportLog(filter: Record<string, string>, sensitive: boolean, format: LogExport['format'], reason: string): Promise<void> {
  const { kind, ...rest } = asked(filter, sensitive);
  return download('/api/v1/events/exports', `events.${format}`, { format, reason, ...rest, ...(kind ? { kinds: kind } : {}) });
}

export const readProof = (id: string): Promise<Proof> => need(client.GET('/api/v1/events/{id}/proof', { params: { path: { id } } }));

/** The proof as a file, to be checked with `guanbiao audit verify-proof`. */
export const saveProof = (proof: Proof, id: string): void => saveJson(proof, `proof-${id}.json`);

export async function saveSeal(): Promise<void> {
  const note = await need(client.GET('/api/v1/seals/latest'));
  saveJson(note, `seal-${note.number}.json`);
}

function saveJson(content: unknown, name: string): void {
  const url = URL.createObjectURL(new Blob([JSON.stringify(content, null, 1)], { type: 'application/json' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
