import { useQueryClient } from '@tanstack/vue-query';

import { client, need } from '@/api/client';
import type { NoticeDay } from '@/api/types-notice';
import { useSession } from '@/core/session-store';
import { useAction, type Action } from '@/core/use-action';
import { usePages, type Pages } from '@/core/use-pages';
import { useRecord, type Loaded } from '@/core/use-record';

const LOOK_AGAIN_MS = 60_000;

export function useNotices(): Pages<NoticeDay> {
  return usePages<NoticeDay>(['notice', 'days'], (cursor) => need(client.GET('/api/v1/me/notices', { params: { query: { cursor, limit: 20 } } })));
}

/** How many notices nobody has confirmed; looked at again every minute. */
export function useNoticeCount(): Loaded<number> {
  const session = useSession();
  return useRecord(['notice', 'count'], async () => (await need(client.GET('/api/v1/me/notices/count'))).unread, {
    enabled: () => session.may('notice:read'), every: () => LOOK_AGAIN_MS,
  });
}

/** Confirms one notice, or all of a day. */
export function useReceipt(): Action<[{ id: string } | { day: string }], number> {
  const queries = useQueryClient();
  return useAction(async (which: { id: string } | { day: string }) => {
    const { received } = 'id' in which
      ? await need(client.POST('/api/v1/me/notices/{id}/receipt', { params: { path: { id: which.id } } }))
      : await need(client.POST('/api/v1/me/notices/receipts', { body: which }));
    await queries.invalidateQueries({ queryKey: ['notice'] });
    return received;
  });
}
