import createClient from 'openapi-fetch';

import { refusalFrom } from './refusal.js';
import type { paths } from './schema.js';

type Fetch = (request: Request) => Promise<Response>;

/** The paths of the contract under one address; every request goes through `fetch`. */
export function connect(url: string, fetch: Fetch): ReturnType<typeof createClient<paths>> {
  return createClient<paths>({ baseUrl: url, fetch });
}

/** The data of an answer, or its refusal thrown: callers never look at statuses. */
export async function need<T>(call: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  const { data, error, response } = await call;
  if (error !== undefined || data === undefined) throw refusalFrom(response.status, error);
  return data;
}

/** The items of all pages; `page` asks for the one after a cursor, for the first without one. */
export async function* each<T>(page: (cursor: string | undefined) => Promise<{ items: T[]; next_cursor: string | null }>): AsyncGenerator<T> {
  let cursor: string | undefined;
  do {
    const found = await page(cursor);
    yield* found.items;
    cursor = found.next_cursor ?? undefined;
  } while (cursor !== undefined);
}

/** A person's name that a list is narrowed by: in a header, because addresses are kept by browsers, proxies and logs. */
export function named<H extends string>(header: H, name: string | undefined): Partial<Record<H, string>> {
  return name ? ({ [header]: encodeURIComponent(name) } as Record<H, string>) : {};
}

/** The header that names which version of a record a change is meant for. */
export function ifMatch(version: number): { 'if-match': string } {
  return { 'if-match': `"${version}"` };
}
