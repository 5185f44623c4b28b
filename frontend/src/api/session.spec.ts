import { beforeEach, expect, it, vi } from 'vitest';

import type * as SessionModule from './session';

type Session = typeof SessionModule;

const calls: { url: string; token: string | null; form: string }[] = [];
let valid = 'a1';
let refreshable: string | null = 'r1';
let down = 0;

function tokens(number: number): Response {
  valid = `a${number}`;
  refreshable = `r${number}`;
  return Response.json({ access_token: valid, token_type: 'Bearer', expires_in: 600, refresh_token: refreshable });
}

async function server(input: Request | string, init?: RequestInit): Promise<Response> {
  const request = typeof input === 'string' ? new Request(new URL(input, 'http://desk'), init) : input;
  const form = request.method === 'POST' ? await request.clone().text() : '';
  const token = request.headers.get('Authorization');
  calls.push({ url: new URL(request.url).pathname, token, form });
  if (request.url.endsWith('/oauth/token')) {
    if (down) return new Response('{}', { status: down });
    if (form.includes('grant_type=password')) return tokens(1);
    return form.includes(`refresh_token=${refreshable}`) ? tokens(Number(refreshable?.slice(1)) + 1) : Response.json({ code: 'invalid_grant' }, { status: 400 });
  }
  return token === `Bearer ${valid}` ? Response.json({ ok: true }) : Response.json({ code: 'unauthenticated' }, { status: 401 });
}

async function signedIn(): Promise<Session> {
  vi.resetModules();
  const session = await import('./session');
  await session.signIn('clerk', 'secret');
  calls.length = 0;
  return session;
}

const request = (): Request => new Request('http://desk/api/v1/me');
const refreshes = (): number => calls.filter((call) => call.form.includes('grant_type=refresh_token')).length;

beforeEach(() => {
  sessionStorage.clear();
  calls.length = 0;
  down = 0;
  vi.stubGlobal('fetch', server);
});

it('ten requests with an expired token renew it once and all succeed', async () => {
  const session = await signedIn();
  valid = 'expired elsewhere';
  const answers = await Promise.all(Array.from({ length: 10 }, () => session.authorizedFetch(request())));
  expect(answers.map((answer) => answer.status)).toEqual(Array(10).fill(200));
  expect(refreshes()).toBe(1);
});

it('a refusal that comes late, after another request has renewed the token, renews nothing again', async () => {
  const session = await signedIn();
  valid = 'expired elsewhere';
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const late = session.authorized(async (token) => {
    const answer = await server(new Request(request(), { headers: { Authorization: `Bearer ${token}` } }));
    if (answer.status === 401) await held;
    return answer;
  });
  await session.authorizedFetch(request());
  release();
  expect((await late).status).toBe(200);
  expect(refreshes()).toBe(1);
});

it('an ended session asks the person, and the request goes on after they signed in', async () => {
  const session = await signedIn();
  valid = 'gone';
  refreshable = null;
  session.whenSessionEnds(() => session.signIn('clerk', 'secret'));
  const answer = await session.authorizedFetch(request());
  expect(answer.status).toBe(200);
});

it('a server in trouble does not throw the session away', async () => {
  const session = await signedIn();
  valid = 'expired';
  down = 503;
  await expect(session.authorizedFetch(request())).rejects.toMatchObject({ name: 'Refusal', status: 503 });
  expect(session.maySignIn()).toBe(true);
});

it('a reload goes on with the access token that still holds, and spends no refresh token', async () => {
  await signedIn();
  vi.resetModules();
  const reloaded = await import('./session');
  expect((await reloaded.authorizedFetch(request())).status).toBe(200);
  expect(refreshes()).toBe(0);
  expect(JSON.stringify({ ...localStorage })).not.toContain('a1');
});

it('signing out forgets everything', async () => {
  const session = await signedIn();
  session.signOut();
  expect(session.maySignIn()).toBe(false);
  expect(sessionStorage.length).toBe(0);
});
