import { Refusal, refusalFrom } from '@/api/refusal';

/** Requests of people without an account: no token, no cookie, nothing that tells one phone from another. */
const BASE = '/api/v1';

export interface Wish {
  method?: 'GET' | 'POST';
  body?: unknown;
  headers?: Record<string, string>;
  /** Milliseconds until the network counts as lost. */
  patience?: number;
}

/** A refusal that says when to come back carries `retryAfter`, in milliseconds. */
export class Busy extends Refusal {
  readonly retryAfter: number;

  constructor(refusal: Refusal, retryAfter: number) {
    super(refusal.status, refusal.code, refusal.message, refusal.problems, refusal.requestId);
    this.retryAfter = retryAfter;
  }
}

function body(wish: Wish): { body?: BodyInit; type?: string } {
  if (wish.body === undefined) return {};
  if (wish.body instanceof FormData) return { body: wish.body };
  return { body: JSON.stringify(wish.body), type: 'application/json' };
}

export async function ask<T>(path: string, wish: Wish = {}): Promise<T> {
  const sent = body(wish);
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), wish.patience ?? 30_000);
  let answer: Response;
  let said: unknown;
  try {
    answer = await fetch(BASE + path, {
      method: wish.method ?? 'GET',
      body: sent.body,
      credentials: 'omit',
      signal: stop.signal,
      headers: { 'Accept-Language': document.documentElement.lang, ...(sent.type ? { 'Content-Type': sent.type } : {}), ...wish.headers },
    });
    said = await answer.json().catch(() => null);
  } catch {
    throw new Refusal(0, 'network', '');
  } finally {
    clearTimeout(timer);
  }
  if (answer.ok) return said as T;
  const refusal = refusalFrom(answer.status, said);
  const wait = Number(answer.headers.get('Retry-After'));
  throw wait > 0 ? new Busy(refusal, wait * 1000) : refusal;
}
