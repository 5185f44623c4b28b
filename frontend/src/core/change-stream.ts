import { nameAbsent } from '@/api/acting';
import { quietly } from '@/api/session';

import { eventsOf } from './event-stream';

export type ChangedResource = 'organizations' | 'members' | 'decisions' | 'rectifications' | 'feedback-cards';

/** Milliseconds until the first try to come back, and the longest pause that the tries grow to. */
const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 60_000;
/** A page is told at most so often, however much is written meanwhile. */
const TELL_EVERY = 5_000;

/**
 * Follows what changes of some resources, until it is closed. Quietly: what fails is tried again, later and later, and
 * nobody is asked to sign in because of it. After a pause it goes on where it was, so that nothing is missed.
 */
export function followChanges(resources: readonly ChangedResource[], changed: () => void): () => void {
  const ending = new AbortController();
  let last: string | null = null;
  let pause = FIRST_PAUSE;
  let toldAt = 0;
  let telling: ReturnType<typeof setTimeout> | undefined;

  function tell(): void {
    telling ??= setTimeout(() => {
      telling = undefined;
      toldAt = Date.now();
      changed();
    }, Math.max(0, toldAt + TELL_EVERY - Date.now()));
  }

  /** Reads one stream to its end; false when there is no use in asking again. */
  async function read(): Promise<boolean> {
    const query = new URLSearchParams(resources.map((resource) => ['resource', resource]));
    const headers = new Headers({ Accept: 'text/event-stream' });
    if (last !== null) headers.set('Last-Event-ID', last);
    nameAbsent(headers);
    const answer = await quietly(`/api/v1/changes/stream?${query}`, { headers, signal: ending.signal });
    if (answer.status === 422) last = null;
    if (!answer.ok || answer.body === null) return answer.status !== 403;
    for await (const event of eventsOf(answer.body)) {
      last = event.id ?? last;
      if (event.name === 'begun') pause = FIRST_PAUSE;
      // What changed is asked of the list itself; here it is only said that something did.
      if (event.name === 'change' && !event.data.startsWith('{"items":[]')) tell();
    }
    return true;
  }

  async function follow(): Promise<void> {
    while (!ending.signal.aborted) {
      const useful = await read().catch(() => true);
      if (!useful) return;
      await passed(pause * (0.5 + Math.random() / 2));
      pause = Math.min(pause * 2, LONGEST_PAUSE);
    }
  }

  function passed(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      ending.signal.addEventListener('abort', () => { clearTimeout(timer); resolve(); }, { once: true });
    });
  }

  void follow();
  return () => {
    clearTimeout(telling);
    ending.abort();
  };
}
