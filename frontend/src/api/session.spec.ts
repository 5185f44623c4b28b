import { beforeEach, expect, it, vi } from 'vitest';

import type * as SessionModule from './session';

type Session = typeof SessionModule;

interface Call { url: string; token: string | null; form: string; page: boolean }

const calls: Call[] = [];
let valid = '';
let subject = 'clerk';
/** What the browser's cookie would buy; no script of the page ever sees it. */
let cookie: number | null = null;
let down = 0;

function tokens(number: number): Response {
  valid = `h${number}.${btoa(JSON.stringify({ sub: subject }))}.s`;
  cookie = number;
  return Response.json({ access_token: valid, token_type: 'Bearer', expires_in: 600, refresh_token: null });
}

async function server(input: Request | string, init?: RequestInit): Promise<Response> {
  const request = typeof input === 'string' ? new Request(new URL(input, 'http://desk'), init) : input;
  const form = request.method === 'POST' ? await request.clone().text() : '';
  const page = request.headers.get('X-Session') === 'cookie';
  const token = request.headers.get('Authorization');
  calls.push({ url: new URL(request.url).pathname, token, form, page });
  if (request.url.endsWith('/oauth/revoke')) {
    cookie = null;
    return Response.json({});
  }
  if (request.url.endsWith('/oauth/token')) {
    if (down) return new Response('{}', { status: down });
    if (form.includes('grant_type=password')) {
      if (form.includes('guarded') && !form.includes('otp=123456')) return Response.json({ code: 'second_step_required' }, { status: 400 });
      return tokens(1);
    }
    return page && cookie !== null ? tokens(cookie + 1) : Response.json({ code: 'invalid_grant' }, { status: 400 });
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
const stored = (): string => JSON.stringify([{ ...sessionStorage }, { ...localStorage }]);

beforeEach(() => {
  sessionStorage.clear();
  localStorage.clear();
  calls.length = 0;
  down = 0;
  subject = 'clerk';
  cookie = null;
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
  cookie = null;
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

it('a reload goes on with the cookie, and no token is kept where a script could take it from', async () => {
  await signedIn();
  const before = valid;
  expect(stored()).not.toContain(before);
  vi.resetModules();
  const reloaded = await import('./session');
  expect((await reloaded.authorizedFetch(request())).status).toBe(200);
  expect(refreshes()).toBe(1);
  expect(stored()).not.toContain(valid);
});

it('every call to the token endpoint says that it comes from a page', async () => {
  const session = await signedIn();
  await session.renew();
  session.signOut();
  expect(calls.map((call) => call.page)).toEqual(calls.map(() => true));
});

it('a page that nobody signed in to asks for no token', async () => {
  vi.resetModules();
  const session = await import('./session');
  expect((await session.authorizedFetch(request())).status).toBe(401);
  expect(refreshes()).toBe(0);
});

it('a code goes with name and password when the account asks for it', async () => {
  vi.resetModules();
  const session = await import('./session');
  await expect(session.signIn('guarded', 'secret')).rejects.toMatchObject({ code: 'second_step_required' });
  await session.signIn('guarded', 'secret', '123456');
  expect(session.maySignIn()).toBe(true);
});

it('a page starts afresh when somebody else has signed in in another tab', async () => {
  const session = await signedIn();
  const afresh = vi.fn();
  session.whenStartingAfresh(afresh);
  subject = 'secretary';
  valid = 'expired';
  await session.authorizedFetch(request());
  expect(afresh).toHaveBeenCalledOnce();
});

it('signing out forgets everything and ends the session, before the next person signs in', async () => {
  const session = await signedIn();
  session.signOut();
  expect(session.maySignIn()).toBe(false);
  expect(sessionStorage.length + localStorage.length).toBe(0);
  await session.signIn('secretary', 'secret');
  expect(calls.map((call) => call.url)).toEqual(['/api/v1/oauth/revoke', '/api/v1/oauth/token']);
  expect(cookie).toBe(1);
});
