import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import { followChanges } from './change-stream';

interface Asked { url: string; after: string | null; signal: AbortSignal; send: (text: string) => void; end: () => void }

const asked: Asked[] = [];
let status = 200;

/** A server whose streams the test writes. */
function server(url: string, init: RequestInit): Promise<Response> {
  let to: ReadableStreamDefaultController<Uint8Array> | undefined;
  const body = new ReadableStream<Uint8Array>({ start: (controller) => { to = controller; } });
  asked.push({
    url,
    after: new Headers(init.headers).get('Last-Event-ID'),
    signal: init.signal as AbortSignal,
    send: (text) => to?.enqueue(new TextEncoder().encode(text)),
    end: () => to?.close(),
  });
  return Promise.resolve(status === 200 ? new Response(body) : new Response(null, { status }));
}

const CHANGE = 'id: c2\nevent: change\ndata: {"items":[{"op":"upsert"}],"next_cursor":"c2","more":false}\n\n';
const MOVED = 'id: c3\nevent: change\ndata: {"items":[],"next_cursor":"c3","more":false}\n\n';
const passed = (milliseconds: number): Promise<unknown> => vi.advanceTimersByTimeAsync(milliseconds);

beforeEach(() => {
  vi.useFakeTimers();
  asked.length = 0;
  status = 200;
  vi.stubGlobal('fetch', server);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it('says that something changed, once for many changes, and not when nothing did', async () => {
  const changed = vi.fn();
  const close = followChanges(['rectifications', 'decisions'], changed);
  await passed(0);
  expect(asked[0]?.url).toBe('/api/v1/changes/stream?resource=rectifications&resource=decisions');
  asked[0]?.send('id: c1\nevent: begun\ndata: {}\n\n: here\n\n');
  asked[0]?.send(MOVED);
  await passed(10_000);
  expect(changed).not.toHaveBeenCalled();
  asked[0]?.send(CHANGE.slice(0, 20));
  await passed(100);
  asked[0]?.send(CHANGE.slice(20) + CHANGE);
  await passed(10);
  expect(changed).toHaveBeenCalledTimes(1);
  asked[0]?.send(CHANGE + CHANGE);
  await passed(1_000);
  expect(changed).toHaveBeenCalledTimes(1);
  await passed(5_000);
  expect(changed).toHaveBeenCalledTimes(2);
  close();
});

it('comes back where it was, later and later while it fails, and at once when it was let in', async () => {
  const close = followChanges(['members'], () => undefined);
  await passed(0);
  asked[0]?.send(CHANGE);
  await passed(0);
  asked[0]?.end();
  await passed(1_000);
  expect(asked.map((one) => one.after)).toEqual([null, 'c2']);
  status = 503;
  asked[1]?.end();
  await passed(120_000);
  const tries = asked.length;
  expect(tries).toBeGreaterThan(4);
  expect(tries).toBeLessThan(12);
  await passed(60_000);
  expect(asked.length - tries).toBeLessThanOrEqual(2);
  status = 200;
  await passed(61_000);
  asked.at(-1)?.send('id: c9\nevent: begun\ndata: {}\n\n');
  await passed(0);
  const before = asked.length;
  asked.at(-1)?.end();
  await passed(1_000);
  expect(asked.length).toBe(before + 1);
  close();
});

it('asks no more when it may not, and when it is closed', async () => {
  status = 403;
  followChanges(['members'], () => undefined);
  await passed(300_000);
  expect(asked).toHaveLength(1);
  status = 200;
  const close = followChanges(['members'], () => undefined);
  await passed(0);
  close();
  expect(asked[1]?.signal.aborted).toBe(true);
  await passed(300_000);
  expect(asked).toHaveLength(2);
});

it('begins anew where the cursor is no longer good', async () => {
  const close = followChanges(['members'], () => undefined);
  await passed(0);
  asked[0]?.send(CHANGE);
  await passed(0);
  status = 422;
  asked[0]?.end();
  await passed(1_000);
  status = 200;
  await passed(5_000);
  expect(asked.map((one) => one.after)).toEqual([null, 'c2', null]);
  close();
});
