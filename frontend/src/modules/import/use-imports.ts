import { useQueryClient } from '@tanstack/vue-query';
import { computed, ref, toValue, type MaybeRefOrGetter, type Ref } from 'vue';

import { client, need } from '@/api/client';
import { download, upload } from '@/api/transfer';
import type { ImportPreview, ImportPreviewRow, ImportRun, Ledger } from '@/api/types-import';
import { useAction, type Action } from '@/core/use-action';
import { usePages, type Pages } from '@/core/use-pages';
import { useRecord, type Loaded } from '@/core/use-record';

const LOOK_AGAIN_MS = 800;

/** The workbooks that can be brought in, each with the permission to write what stands in it. */
export const LEDGERS: { key: Ledger; needs: string }[] = [
  { key: 'organization', needs: 'organization:write' },
  { key: 'member', needs: 'member:write' },
  { key: 'rectification', needs: 'rectification:write' },
];

export function useImports(): Pages<ImportRun> {
  return usePages<ImportRun>(['import', 'list'], (cursor) =>
    need(client.GET('/api/v1/imports', { params: { query: { cursor, limit: 20 } } })));
}

export function isWorking(run: ImportRun | undefined): boolean {
  return run?.state === 'checking' || run?.state === 'committing';
}

/** An import, looked at again while the server is working on it. */
export function useImport(id: MaybeRefOrGetter<string>): Loaded<ImportRun> {
  return useRecord(
    () => ['import', toValue(id)],
    () => need(client.GET('/api/v1/imports/{id}', { params: { path: { id: toValue(id) } } })),
    { enabled: () => toValue(id) !== '', every: (run) => (isWorking(run) ? LOOK_AGAIN_MS : false) },
  );
}

export function usePreview(
  id: MaybeRefOrGetter<string>, ready: MaybeRefOrGetter<boolean>, onlyRefused: MaybeRefOrGetter<boolean>,
): { pages: Pages<ImportPreviewRow>; columns: Ref<ImportPreview['columns']> } {
  const columns = ref<ImportPreview['columns']>([]);
  const pages = usePages<ImportPreviewRow>(
    computed(() => ['import', toValue(id), 'preview', toValue(onlyRefused)]),
    async (cursor) => {
      const params = { path: { id: toValue(id) }, query: { cursor, limit: 50, action: toValue(onlyRefused) ? 'refused' as const : undefined } };
      const page = await need(client.GET('/api/v1/imports/{id}/preview', { params }));
      columns.value = page.columns;
      return page;
    },
    computed(() => toValue(ready)),
  );
  return { pages, columns };
}

function isRun(body: unknown): body is ImportRun {
  return typeof body === 'object' && body !== null && 'id' in body && 'state' in body;
}

/** Sends a workbook for a dry run: nothing is changed by it. */
export function useImportUpload(): Action<[Ledger, File, string | null], ImportRun> & { share: Ref<number> } {
  const queries = useQueryClient();
  const share = ref(0);
  const action = useAction(async (ledger: Ledger, file: File, organizationId: string | null) => {
    const query = new URLSearchParams({ ledger, dry_run: 'true' });
    if (organizationId) query.set('organization_id', organizationId);
    const body = await upload(`/api/v1/imports?${query}`, file, {}, (sent) => {
      share.value = sent;
    });
    if (!isRun(body)) throw new TypeError('The answer is no import.');
    queries.setQueryData(['import', body.id], body);
    await queries.invalidateQueries({ queryKey: ['import', 'list'] });
    return body;
  });
  return { ...action, share };
}

export function useImportDeed(): Action<['commit' | 'undo', string], ImportRun> {
  const queries = useQueryClient();
  return useAction(async (deed: 'commit' | 'undo', id: string) => {
    const params = { path: { id } };
    const run = deed === 'commit'
      ? await need(client.POST('/api/v1/imports/{id}/commit', { params }))
      : await need(client.POST('/api/v1/imports/{id}/undo', { params }));
    queries.setQueryData(['import', id], run);
    await Promise.all(['import', 'organization', 'member', 'rectification'].map((key) => queries.invalidateQueries({ queryKey: [key] })));
    return run;
  });
}

export const downloadTemplate = (ledger: Ledger): Promise<void> =>
  download(`/api/v1/templates/${ledger}.xlsx`, `${ledger}.xlsx`);

export const downloadResult = (id: string): Promise<void> => download(`/api/v1/imports/${id}/result.xlsx`, 'result.xlsx');

export const downloadLedger = (ledger: Ledger, organizationId: string): Promise<void> =>
  download(`/api/v1/exports/${ledger}.xlsx?organization_id=${encodeURIComponent(organizationId)}`, `${ledger}.xlsx`);
