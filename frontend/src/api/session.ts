import { Refusal, refusalFrom } from './refusal';

/**
 * Who is signed in, as far as HTTP is concerned. The access token lives in this page's memory alone; what buys the next
 * one is a cookie that no script can read, so a script that got in here takes nothing away with it. A reload asks the
 * cookie for a new access token. What is kept in storage is one bit: that somebody may be signed in at all.
 */
const HINT = 'guanbiao:signed-in';
const TOKEN_URL = '/api/v1/oauth/token';
const REVOKE_URL = '/api/v1/oauth/revoke';
/** No other site's form can send this header, and no other site's script is let to. */
const FROM_PAGE = { 'X-Session': 'cookie' };
const SPARE_MS = 20_000;

let accessToken: string | null = null;
let staleAt = 0;
let renewal: Promise<boolean> | null = null;
let ended: (() => Promise<void>) | null = null;
/** The answer to a sign-out takes the cookie away: whoever signs in next waits for it. */
let leaving: Promise<unknown> = Promise.resolve();
/** Whose session this page belongs to. */
let owner: string | null = null;

interface TokenAnswer {
  access_token: string;
  expires_in: number;
}

// Tabs of one browser share the cookie: when one signs out, what the others show must go as well.
const tabs = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel('guanbiao:session');
tabs?.addEventListener('message', () => {
  if (owner !== null) startAfresh();
});

let afresh = (): void => location.reload();
function startAfresh(): void {
  forget();
  afresh();
}

/** For tests, where no page can be loaded anew. */
export function whenStartingAfresh(handler: () => void): void {
  afresh = handler;
}

function remember(signedIn: boolean): void {
  try {
    if (signedIn) localStorage.setItem(HINT, '1');
    else localStorage.removeItem(HINT);
  } catch {
    // Without storage a reload asks to sign in again.
  }
}

function isRemembered(): boolean {
  try {
    return localStorage.getItem(HINT) !== null;
  } catch {
    return false;
  }
}

function subjectOf(token: string): string | null {
  try {
    const said: unknown = JSON.parse(atob((token.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/')));
    return typeof said === 'object' && said !== null && 'sub' in said && typeof said.sub === 'string' ? said.sub : null;
  } catch {
    return null;
  }
}

function keep(answer: TokenAnswer): void {
  accessToken = answer.access_token;
  staleAt = Date.now() + answer.expires_in * 1000 - SPARE_MS;
  owner = subjectOf(accessToken);
  remember(true);
}

function forget(): void {
  accessToken = null;
  staleAt = 0;
  owner = null;
}

async function ask(url: string, form: Record<string, string>, init: RequestInit = {}): Promise<Response> {
  try {
    return await fetch(url, {
      method: 'POST',
      headers: { 'Accept-Language': document.documentElement.lang || 'zh-CN', ...FROM_PAGE },
      body: new URLSearchParams(form),
      ...init,
    });
  } catch {
    throw new Refusal(0, 'network', '');
  }
}

/** `code` is the authenticator's, or a recovery code; without one an account that needs it is refused with `second_step_required`. */
export async function signIn(username: string, password: string, code = ''): Promise<void> {
  await leaving;
  const answer = await ask(TOKEN_URL, { grant_type: 'password', username, password, ...(code === '' ? {} : { otp: code }) });
  if (!answer.ok) throw refusalFrom(answer.status, await answer.json().catch(() => null));
  keep(await answer.json());
}

export function signOut(): void {
  forget();
  remember(false);
  tabs?.postMessage('signed out');
  // The page may be left at once; the server is told all the same.
  leaving = ask(REVOKE_URL, {}, { keepalive: true }).catch(() => undefined);
}

/** True when a session may exist; only the server can say whether it still does. */
export function maySignIn(): boolean {
  return accessToken !== null || isRemembered();
}

async function renewOnce(): Promise<boolean> {
  if (!maySignIn()) return false;
  const before = owner;
  const answer = await ask(TOKEN_URL, { grant_type: 'refresh_token' });
  if (answer.ok) {
    keep(await answer.json());
    // Somebody else signed in in another tab: this page shows what is not theirs.
    if (before !== null && owner !== before) startAfresh();
    return true;
  }
  // A server in trouble, or too busy, is no reason to throw a session away; only a refusal of the token is.
  if (answer.status !== 400 && answer.status !== 401) throw refusalFrom(answer.status, await answer.json().catch(() => null));
  accessToken = null;
  staleAt = 0;
  remember(false);
  return false;
}

/** One tab at a time, where the browser can: the second one then finds the cookie that the first one was given. */
function inTurn(work: () => Promise<boolean>): Promise<boolean> {
  return 'locks' in navigator ? navigator.locks.request('guanbiao:renewal', work).then((renewed) => renewed) : work();
}

/** Refresh tokens rotate: two renewals at once would look like theft, so all callers share one. */
export function renew(): Promise<boolean> {
  renewal ??= inTurn(renewOnce).finally(() => {
    renewal = null;
  });
  return renewal;
}

/** The face says how to ask the person to sign in again; the promise ends when they have. */
export function whenSessionEnds(handler: () => Promise<void>): void {
  ended = handler;
}

async function bearer(): Promise<string | null> {
  if ((accessToken === null || Date.now() > staleAt) && maySignIn()) await renew();
  return accessToken;
}

/** Does `send` as the signed-in person; an ended session is renewed, or asked for, and `send` done once more. */
export async function authorized<T extends { status: number }>(send: (token: string | null) => Promise<T>): Promise<T> {
  const used = await bearer();
  const answer = await send(used);
  if (answer.status !== 401) return answer;
  // Another request may have renewed it meanwhile; then the new token is tried before anything else is done.
  if (accessToken === used) accessToken = null;
  if (accessToken === null && !(await renew())) {
    if (ended === null) return answer;
    await ended();
  }
  return send(accessToken);
}

export function authorizedFetch(request: Request): Promise<Response> {
  return authorized((token) => {
    const copy = request.clone();
    if (token !== null) copy.headers.set('Authorization', `Bearer ${token}`);
    return fetch(copy);
  });
}

/** For what a page does by itself in the background: as the signed-in person, whom nobody asks for anything because of it. */
export async function quietly(url: string, init: RequestInit & { headers: Headers }): Promise<Response> {
  const token = await bearer();
  if (token !== null) init.headers.set('Authorization', `Bearer ${token}`);
  return fetch(url, init);
}
