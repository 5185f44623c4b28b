import { computed, shallowRef } from 'vue';

import { ask } from '../api';
import type { CardBody, OpinionBody, Receipt } from '../types';
import { openStore } from './database';
import { forwardAll, NEVER, type Server } from './post';
import type { Change, Parcel, Photo } from './store';

/** The letters of this phone: written, on their way, or answered and not yet noted. */
export const parcels = shallowRef<Parcel[]>([]);
export const waiting = computed(() => parcels.value.filter((one) => one.body !== null && !isRefused(one)));
export const answered = computed(() => parcels.value.filter((one) => one.receipt !== null && !one.noted));
export const refused = computed(() => parcels.value.filter(isRefused));
export const sending = shallowRef(false);

const PHOTO_PATIENCE = 120_000;
const LOCK = 'guanbiao-outbox';

function isRefused(parcel: Parcel): boolean {
  return parcel.body !== null && parcel.refusal !== null && parcel.notBefore === NEVER;
}

/** One photo of a card; the same picture twice is one. `keys` as `secret` makes them. */
export function sendPhoto(keys: Record<string, string>, photo: Photo): Promise<void> {
  const form = new FormData();
  form.append('file', new Blob([photo.bytes], { type: 'image/jpeg' }), photo.name);
  return ask('/feedback-cards/track/photos', { method: 'POST', body: form, headers: keys, patience: PHOTO_PATIENCE });
}

const server: Server = {
  card: (body) => ask('/feedback-cards', { method: 'POST', body }),
  opinion: (decision, body) => ask(`/public/decisions/${decision}/opinions`, { method: 'POST', body }),
  photo: (receipt, photo) => sendPhoto(secret(receipt), photo),
};

export function secret(receipt: Pick<Receipt, 'code' | 'pin'>): Record<string, string> {
  return { 'X-Tracking-Code': receipt.code, 'X-Tracking-Pin': receipt.pin };
}

/** A random id. Pages served without TLS have no `randomUUID`. */
export function newId(): string {
  if (typeof crypto.randomUUID === 'function') return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

async function look(): Promise<void> {
  parcels.value = await (await openStore()).parcels();
}

/** One tab sends at a time. Without the browser's locks two may; the server still takes one letter. */
async function alone(work: () => Promise<void>): Promise<void> {
  if (!navigator.locks) return work();
  await navigator.locks.request(LOCK, { ifAvailable: true }, (lock) => (lock ? work() : undefined));
}

let running: Promise<void> | null = null;
let again: ReturnType<typeof setTimeout> | undefined;

/** Sends what is due. `hurry`: the network is back, or somebody is looking. */
export function flush(hurry = false): Promise<void> {
  running ??= run(hurry).finally(() => {
    running = null;
  });
  return running;
}

async function run(hurry: boolean): Promise<void> {
  sending.value = true;
  try {
    const store = await openStore();
    await alone(() => forwardAll(store, server, Date.now, hurry));
    await look();
  } finally {
    sending.value = false;
  }
  plan();
}

/** Comes back by itself when the next letter is due. */
function plan(): void {
  clearTimeout(again);
  const due = parcels.value.filter((one) => one.body !== null || one.photos.length > 0).map((one) => one.notBefore).filter((one) => one < NEVER);
  if (due.length === 0) return;
  again = setTimeout(() => void flush(), Math.max(Math.min(...due) - Date.now(), 1_000));
}

const fresh = { photosLost: 0, tries: 0, notBefore: 0, refusal: null, receipt: null, shownAt: null, noted: false };

async function seal(draft: string, parcel: Parcel): Promise<void> {
  await (await openStore()).seal(draft, parcel);
  await look();
  // A round that is under way does not know this letter yet.
  void Promise.resolve(running).then(() => flush());
}

export function sendCard(draft: string, body: CardBody, photos: Photo[]): Promise<void> {
  return seal(draft, { ...fresh, kind: 'card', id: body.submission_id, body, photos });
}

export function sendOpinion(draft: string, decision: string, title: string, body: OpinionBody): Promise<void> {
  return seal(draft, { ...fresh, kind: 'opinion', id: body.submission_id, decision, title, body, photos: [] });
}

export async function change(id: string, part: Change): Promise<void> {
  await (await openStore()).update(id, part);
  await look();
  void flush();
}

export async function discard(id: string): Promise<void> {
  await (await openStore()).drop(id);
  await look();
}

export function startOutbox(): void {
  addEventListener('online', () => void flush(true));
  addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') void flush(true);
  });
  void look().then(() => flush(true));
}
