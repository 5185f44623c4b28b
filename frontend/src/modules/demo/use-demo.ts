import { useQueryClient } from '@tanstack/vue-query';

import { client, need } from '@/api/client';
import { asRefusal } from '@/api/refusal';
import type { Demo } from '@/api/types';
import { useSession } from '@/core/session-store';
import { useAction, type Action } from '@/core/use-action';
import { useRecord, type Loaded } from '@/core/use-record';

/** Moves the county's clock; everything that was read before may have changed by that, so all of it is read again. */
export function useDemoClock(): Action<[number], string> {
  const queries = useQueryClient();
  const session = useSession();
  return useAction(async (days: number) => {
    const { now } = await need(client.POST('/api/v1/demo/clock', { body: { days } }));
    await session.load();
    await queries.invalidateQueries();
    return now;
  });
}

/** Whether this installation is a demonstration, asked before anybody has signed in; refused means no. */
export function useDemoHint(): Loaded<Demo | null> {
  return useRecord(['demo'], async () => {
    try {
      return await need(client.GET('/api/v1/demo'));
    } catch (thrown) {
      if (asRefusal(thrown).status === 404) return null;
      throw thrown;
    }
  });
}
