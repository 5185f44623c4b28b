import { asRefusal, type Refusal } from '@/api/refusal';

import { Busy } from '../api';
import type { Receipt } from '../types';
import type { Change, Parcel, Photo, Store } from './store';

/** The server as a letter sees it. Every one of these may be repeated without harm. */
export interface Server {
  card: (body: NonNullable<(Parcel & { kind: 'card' })['body']>) => Promise<Receipt>;
  opinion: (decision: string, body: NonNullable<(Parcel & { kind: 'opinion' })['body']>) => Promise<void>;
  photo: (receipt: Receipt, photo: Photo) => Promise<void>;
}

const DAY = 86_400_000;
const FIRST_PAUSE = 3_000;
const LONGEST_PAUSE = 10 * 60_000;

/** Whether asking again may help: no network, too busy, in trouble. A refusal of what was written is final. */
export function passing(refusal: Refusal): boolean {
  return refusal.status === 0 || refusal.status === 408 || refusal.status === 425 || refusal.status === 429 || refusal.status >= 500;
}

/** The pause before the next try, doubling; the server's own wish goes first. */
export function pause(tries: number, refusal: Refusal): number {
  const own = Math.min(FIRST_PAUSE * 2 ** tries, LONGEST_PAUSE);
  return refusal instanceof Busy ? Math.max(own, refusal.retryAfter) : own;
}

/** A refusal for good: it is not tried again before the person has seen it. */
export const NEVER = Number.MAX_SAFE_INTEGER;

function failed(parcel: Parcel, thrown: unknown, now: number): Change {
  const refusal = asRefusal(thrown);
  const { status, code } = refusal;
  // What is wrong with the words says more than that something is.
  const message = refusal.problems.map((one) => one.message).join(' ') || refusal.message;
  if (!passing(refusal)) return { refusal: { status, code, message }, notBefore: NEVER };
  return { refusal: { status, code, message }, tries: parcel.tries + 1, notBefore: now + pause(parcel.tries, refusal) };
}

const GOOD = { tries: 0, notBefore: 0, refusal: null };

/** Sends the words; once they have gone the phone does not know them any more. */
async function sendWords(parcel: Parcel, server: Server): Promise<Change> {
  if (parcel.body === null) return {};
  if (parcel.kind === 'opinion') {
    await server.opinion(parcel.decision, parcel.body);
    return { ...GOOD, body: null };
  }
  const { code, pin, number, received_on } = await server.card(parcel.body);
  return { ...GOOD, body: null, receipt: { code, pin, number, received_on } };
}

async function sendPhoto(parcel: Parcel, photo: Photo, receipt: Receipt, server: Server): Promise<Change> {
  const without = { ...GOOD, photos: parcel.photos.slice(1) };
  try {
    await server.photo(receipt, photo);
    return without;
  } catch (thrown) {
    if (passing(asRefusal(thrown))) throw thrown;
    // A picture that is not wanted must not hold the others back; the person is told.
    return { ...without, photosLost: parcel.photosLost + 1 };
  }
}

/** The next thing that this letter needs, or null when there is none. */
function nextOf(parcel: Parcel, server: Server): (() => Promise<Change>) | null {
  if (parcel.body !== null) return () => sendWords(parcel, server);
  const [photo] = parcel.photos;
  const { receipt } = parcel;
  return photo && receipt ? () => sendPhoto(parcel, photo, receipt, server) : null;
}

function finished(parcel: Parcel): boolean {
  return parcel.body === null && parcel.photos.length === 0 && (parcel.noted || parcel.kind === 'opinion');
}

/**
 * Takes one letter as far as it goes. What has been achieved is stored after every answer, so that a phone that dies
 * anywhere goes on from there, and an answer that was lost is asked for again under the same id.
 */
export async function forward(store: Store, server: Server, parcel: Parcel, now: () => number): Promise<void> {
  let state: Parcel | null = parcel;
  while (state) {
    const next = nextOf(state, server);
    if (!next) break;
    const before: Parcel = state;
    const change = await next().catch((thrown: unknown) => failed(before, thrown, now()));
    state = await store.update(before.id, change);
    if (change.refusal) return;
  }
  if (state && finished(state)) await store.drop(state.id);
}

/** Every letter that is due, one after the other. `hurry`: pauses are over, except those that the server asked for. */
export async function forwardAll(store: Store, server: Server, now: () => number, hurry: boolean): Promise<void> {
  for (const parcel of await store.parcels()) {
    if (parcel.body === null && parcel.shownAt !== null && now() - parcel.shownAt > DAY) await store.drop(parcel.id);
    else if (parcel.notBefore <= now() || (hurry && mayHurry(parcel))) await forward(store, server, parcel, now);
  }
}

function mayHurry(parcel: Parcel): boolean {
  const status = parcel.refusal?.status;
  return status !== undefined && (status === 0 || status >= 500);
}
