import { describe, expect, it } from 'vitest';

import { Refusal } from '@/api/refusal';

import { Busy } from '../api';
import type { CardBody, Receipt } from '../types';
import { inMemory } from './database';
import { forward, forwardAll, NEVER, pause, type Server } from './post';
import type { Parcel, Photo, Store } from './store';

const body: CardBody = {
  submission_id: 'one', place_token: 't', organization_id: null, channel: 'qr', category: 'lamps', wish: 'action', content: '路灯坏了', about: null, about_note: '', contact: { name: '', phone: '13800000000' },
};
const picture = (mark: number): Photo => ({ name: `${mark}.jpg`, bytes: new Uint8Array([mark]).buffer });

function letter(photos = [picture(1), picture(2)]): Parcel {
  return { kind: 'card', id: 'one', body, photos, photosLost: 0, tries: 0, notBefore: 0, refusal: null, receipt: null, shownAt: null, noted: false };
}

/** A server as the contract has it: the same id is the same card, the same picture the same photo. */
function county(): { server: Server; cards: Map<string, CardBody>; photos: Set<number>; asked: number } {
  const state = { cards: new Map<string, CardBody>(), photos: new Set<number>(), asked: 0 };
  const receipt: Receipt = { code: 'ABCD', pin: '123456', number: 'FK-2026-0001', received_on: '2026-11-22' };
  const server: Server = {
    card: async (sent) => {
      state.asked += 1;
      state.cards.set(sent.submission_id, sent);
      return receipt;
    },
    opinion: async () => undefined,
    photo: async (_, photo) => void state.photos.add(new Uint8Array(photo.bytes)[0] ?? 0),
  };
  return Object.assign(state, { server });
}

/** Calls everything through, until the phone dies: at call `last`, before or after it had its effect. */
function mortal<T extends object>(whole: T, clock: { left: number; after: boolean }, died: () => void): T {
  return new Proxy(whole, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== 'function') return method;
      return async (...args: unknown[]) => {
        clock.left -= 1;
        if (clock.left === 0 && clock.after) await method.apply(target, args);
        if (clock.left > 0) return method.apply(target, args);
        died();
        return new Promise(() => undefined);
      };
    },
  });
}

async function live(store: Store, server: Server, calls: number, after: boolean): Promise<boolean> {
  let died: () => void = () => undefined;
  const death = new Promise<boolean>((resolve) => {
    died = () => resolve(true);
  });
  const clock = { left: calls, after };
  return Promise.race([death, forwardAll(mortal(store, clock, died), mortal(server, clock, died), Date.now, true).then(() => false)]);
}

describe('a letter', () => {
  it('arrives once, with all its pictures, wherever the phone dies', async () => {
    let points = 0;
    for (const after of [false, true]) {
      for (let calls = 1; ; calls += 1) {
        const store = inMemory();
        await store.seal('feedback', letter());
        const { server, cards, photos } = county();
        const died = await live(store, server, calls, after);
        if (!died) break;
        points += 1;
        await forwardAll(store, server, Date.now, true);
        const [kept] = await store.parcels();
        expect([...cards.keys()]).toEqual(['one']);
        expect([...photos].sort()).toEqual([1, 2]);
        expect([kept?.body, kept?.photos, kept?.receipt?.pin]).toEqual([null, [], '123456']);
        await store.update('one', { noted: true });
        await forwardAll(store, server, Date.now, true);
        expect(await store.parcels()).toEqual([]);
      }
    }
    expect(points).toBeGreaterThan(10);
  });

  it('arrives once when two windows send it at the same time', async () => {
    const store = inMemory();
    await store.seal('feedback', letter());
    const { server, cards, photos } = county();
    await Promise.all([forwardAll(store, server, Date.now, true), forwardAll(store, server, Date.now, true)]);
    expect([cards.size, photos.size]).toEqual([1, 2]);
  });

  it('leaves none of its words on the phone once it has arrived', async () => {
    const store = inMemory();
    await store.keepDraft('feedback', { content: '路灯坏了' });
    await store.seal('feedback', letter([]));
    const { server } = county();
    await forwardAll(store, server, Date.now, true);
    const left = JSON.stringify([await store.parcels(), await store.draft('feedback'), await store.kept()]);
    expect(left).not.toContain('路灯');
    expect(left).not.toContain('13800000000');
    await store.update('one', { noted: true });
    await forwardAll(store, server, Date.now, true);
    expect(await store.parcels()).toEqual([]);
  });

  it('is noted while its pictures are under way, and goes when they have gone', async () => {
    const store = inMemory();
    await store.seal('feedback', letter());
    const { server, photos } = county();
    const slow: Server = { ...server, photo: async (receipt, photo) => {
      await store.update('one', { noted: true });
      return server.photo(receipt, photo);
    } };
    await forward(store, slow, letter(), Date.now);
    expect(photos.size).toBe(2);
    expect(await store.parcels()).toEqual([]);
  });

  it('waits longer after each failure, and as long as the server says', async () => {
    const lost = new Refusal(0, 'network', '');
    expect([pause(0, lost), pause(1, lost), pause(30, lost)]).toEqual([3_000, 6_000, 600_000]);
    expect(pause(0, new Busy(new Refusal(429, 'too_often', ''), 90_000))).toBe(90_000);
  });

  it('is tried again when the network is back, but not before the server allows it', async () => {
    const store = inMemory();
    await store.seal('feedback', letter([]));
    const known = county();
    const fails = (thrown: Refusal): Server => ({ ...known.server, card: () => Promise.reject(thrown) });
    await forwardAll(store, fails(new Refusal(0, 'network', '')), () => 1_000, false);
    expect((await store.parcels())[0]?.notBefore).toBe(4_000);
    await forwardAll(store, fails(new Busy(new Refusal(429, 'too_often', ''), 60_000)), () => 2_000, true);
    expect((await store.parcels())[0]?.notBefore).toBe(62_000);
    await forwardAll(store, known.server, () => 3_000, true);
    expect(known.cards.size).toBe(0);
    await forwardAll(store, known.server, () => 62_000, false);
    expect(known.cards.size).toBe(1);
  });

  it('stays with its words when it is refused, and is not sent again by itself', async () => {
    const store = inMemory();
    await store.seal('feedback', letter([]));
    const { server } = county();
    await forwardAll(store, { ...server, card: () => Promise.reject(new Refusal(422, 'invalid', '不行')) }, Date.now, true);
    const [kept] = await store.parcels();
    expect([kept?.body, kept?.notBefore, kept?.refusal?.message]).toEqual([body, NEVER, '不行']);
    await forwardAll(store, server, Date.now, true);
    expect((await store.parcels())[0]?.body).toEqual(body);
  });

  it('goes on without a picture that is not wanted, and says so', async () => {
    const store = inMemory();
    await store.seal('feedback', letter());
    const { server, photos } = county();
    const picky: Server = { ...server, photo: (receipt, photo) => (photo.name === '1.jpg' ? Promise.reject(new Refusal(422, 'photo_unreadable', '')) : server.photo(receipt, photo)) };
    await forwardAll(store, picky, Date.now, true);
    expect([...photos]).toEqual([2]);
    expect((await store.parcels())[0]?.photosLost).toBe(1);
  });

  it('is forgotten a day after its receipt was shown', async () => {
    const store = inMemory();
    await store.seal('feedback', letter([]));
    const { server } = county();
    await forwardAll(store, server, () => 0, true);
    await store.update('one', { shownAt: 1_000 });
    await forwardAll(store, server, () => 80_000_000, true);
    expect((await store.parcels()).length).toBe(1);
    await forwardAll(store, server, () => 90_000_000, true);
    expect(await store.parcels()).toEqual([]);
  });
});
