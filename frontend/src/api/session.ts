import { Refusal, refusalFrom } from './refusal';

/**
 * Who is signed in, as far as HTTP is concerned: both tokens live in memory and in the tab's session storage. A reload
 * goes on with the access token that still holds: it must not spend the refresh token, because a page that is left
 * while the answer is under way would lose the next one, and the server would take the old one for stolen.
 * Nothing outside this file knows where they are kept, so that a cookie can take their place.
 */
const STORAGE_KEY = 'guanbiao:refresh';
const ACCESS_KEY = 'guanbiao:access';
const TOKEN_URL = '/api/v1/oauth/token';
const SPARE_MS = 20_000;

let accessToken = sessionStorage.getItem(ACCESS_KEY)?.split(' ')[1] ?? null;
let staleAt = Number(sessionStorage.getItem(ACCESS_KEY)?.split(' ')[0] ?? 0);
let renewal: Promise<boolean> | null = null;
let ended: (() => Promise<void>) | null = null;

interface TokenAnswer {
  access_token: string;
  expires_in: number;
  refresh_token: string;
}

function refreshToken(): string | null {
  return sessionStorage.getItem(STORAGE_KEY);
}

function keep(answer: TokenAnswer): void {
  accessToken = answer.access_token;
  staleAt = Date.now() + answer.expires_in * 1000 - SPARE_MS;
  sessionStorage.setItem(STORAGE_KEY, answer.refresh_token);
  sessionStorage.setItem(ACCESS_KEY, `${staleAt} ${accessToken}`);
}

async function ask(form: Record<string, string>): Promise<Response> {
  try {
    return await fetch(TOKEN_URL, {
      method: 'POST',
      headers: { 'Accept-Language': document.documentElement.lang || 'zh-CN' },
      body: new URLSearchParams(form),
    });
  } catch {
    throw new Refusal(0, 'network', '');
  }
}

export async function signIn(username: string, password: string): Promise<void> {
  const answer = await ask({ grant_type: 'password', username, password });
  if (!answer.ok) throw refusalFrom(answer.status, await answer.json().catch(() => null));
  keep(await answer.json());
}

export function signOut(): void {
  accessToken = null;
  staleAt = 0;
  sessionStorage.removeItem(STORAGE_KEY);
  sessionStorage.removeItem(ACCESS_KEY);
}

/** True when a session may exist; only the server can say whether it still does. */
export function maySignIn(): boolean {
  return accessToken !== null || refreshToken() !== null;
}

async function renewOnce(): Promise<boolean> {
  const token = refreshToken();
  if (token === null) return false;
  const answer = await ask({ grant_type: 'refresh_token', refresh_token: token });
  if (answer.ok) {
    keep(await answer.json());
    return true;
  }
  // A server in trouble, or too busy, is no reason to throw a session away; only a refusal of the token is.
  if (answer.status !== 400 && answer.status !== 401) throw refusalFrom(answer.status, await answer.json().catch(() => null));
  signOut();
  return false;
}

/** Refresh tokens rotate: two renewals at once would look like theft, so all callers share one. */
export function renew(): Promise<boolean> {
  renewal ??= renewOnce().finally(() => {
    renewal = null;
  });
  return renewal;
}

/** The face says how to ask the person to sign in again; the promise ends when they have. */
export function whenSessionEnds(handler: () => Promise<void>): void {
  ended = handler;
}

async function bearer(): Promise<string | null> {
  if ((accessToken === null || Date.now() > staleAt) && refreshToken() !== null) await renew();
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
