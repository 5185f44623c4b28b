import { useQueryClient } from '@tanstack/vue-query';

import { client, need } from '@/api/client';
import { useSession } from '@/core/session-store';
import { useAction, type Action } from '@/core/use-action';
import { useRecord, type Loaded } from '@/core/use-record';

/** Moves the county's clock; everything that was read before may have changed by that, so all of it is read again. */
export function useDemoClock(): Action<[number], string> {
  const queries = useQueryClient();
  const session = useSession();
  return useAction(async (days: number) => {
    const { now } = await need(client.POST('/api/v1/demo/clock', { params: { path: {} }, body: { days } }));
    await session.load();
    await queries.invalidateQueries();
    return now;
  });
}

/** Whether this installation is a demonstration, asked before anybody has signed in; refused means no. */
export function useDemoHint(): Loaded<{ demo: boolean; county?: string; accounts?: string[] }> {
  return useRecord(['demo'], async () => {
    const answer = await fetch('/api/v1/demo');
    const kind = answer.headers.get('Content-Type') ?? '';
    return answer.ok && kind.includes('json') ? answer.json() : { demo: false };
  });
}
