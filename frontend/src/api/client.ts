import createClient from 'openapi-fetch';

import { nameAbsent } from './acting';
import type { paths } from './schema';
import { Refusal, refusalFrom } from './refusal';
import { authorizedFetch } from './session';

async function reach(request: Request): Promise<Response> {
  try {
    return await authorizedFetch(request);
  } catch (thrown) {
    throw thrown instanceof Refusal ? thrown : new Refusal(0, 'network', '');
  }
}

export const client = createClient<paths>({ baseUrl: globalThis.location?.origin ?? '', fetch: reach });

client.use({
  onRequest({ request }) {
    request.headers.set('Accept-Language', document.documentElement.lang || 'zh-CN');
    nameAbsent(request.headers);
    return request;
  },
});

/** The data of an answer, or its refusal thrown: callers never look at statuses. */
export async function need<T>(call: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  const { data, error, response } = await call;
  if (error !== undefined || data === undefined) throw refusalFrom(response.status, error);
  return data;
}

/** A person's name that a list is narrowed by: in a header, because addresses are kept by browsers, proxies and logs. */
export function named<H extends string>(header: H, name: string | undefined): Partial<Record<H, string>> {
  return name ? ({ [header]: encodeURIComponent(name) } as Record<H, string>) : {};
}

export const searchedName = (name: string | undefined): { 'X-Search-Name'?: string } => named('X-Search-Name', name);

/** The header that names which version of a record a change is meant for. */
export function ifMatch(version: number): { 'if-match': string } {
  return { 'if-match': `"${version}"` };
}
