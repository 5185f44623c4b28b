import { useQueryClient } from '@tanstack/vue-query';

import type { ActBody, ActCheck, Matter } from '@/api/types-procedure';

import { useAction, type Action } from './use-action';

/** What was done has taken the record out of one's own sight: there is nothing left to show. */
export interface Gone {
  number: string;
  in_sight?: false;
}

/** How the acts of one record system reach the server. `stem` begins the keys of its queries, `home` is its list. */
export interface ActSender {
  stem: string;
  home: string;
  send: (matter: Pick<Matter, 'id' | 'version'>, body: ActBody, dryRun: boolean) => Promise<Matter | Gone | ActCheck>;
}

export interface Acting {
  act: Action<[Matter, ActBody], Matter | Gone>;
  /** Asks what would be refused, and does nothing. */
  check: Action<[Matter, ActBody], ActCheck>;
}

/** Whatever is done to a record changes its page, the lists and what awaits people. */
export function useRefresh(stem: string): (record?: { id: string }) => Promise<void> {
  const queries = useQueryClient();
  return async (record) => {
    if (record) queries.setQueryData([stem, record.id], record);
    await Promise.all([stem, 'task', 'notice'].map((key) => queries.invalidateQueries({ queryKey: [key] })));
  };
}

export function useActing({ stem, send }: ActSender): Acting {
  const queries = useQueryClient();
  const refresh = useRefresh(stem);
  return {
    act: useAction(async (matter: Matter, body: ActBody) => {
      const answer = await send(matter, body, false);
      if ('allowed' in answer) throw new TypeError('The answer is no record.');
      if ('id' in answer) await refresh(answer);
      else await queries.invalidateQueries({ predicate: ({ queryKey }) => [stem, 'task', 'notice'].includes(String(queryKey[0])) && queryKey[1] !== matter.id });
      return answer;
    }),
    check: useAction(async (matter: Matter, body: ActBody) => {
      const answer = await send(matter, body, true);
      return 'allowed' in answer ? answer : { allowed: true, problems: [], warnings: [] };
    }),
  };
}
