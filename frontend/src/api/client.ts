import createClient from 'openapi-fetch';

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
    return request;
  },
});

/** The data of an answer, or its refusal thrown: callers never look at statuses. */
export async function need<T>(call: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  const { data, error, response } = await call;
  if (error !== undefined || data === undefined) throw refusalFrom(response.status, error);
  return data;
}

/** The header that names which version of a record a change is meant for. */
export function ifMatch(version: number): { 'if-match': string } {
  return { 'if-match': `"${version}"` };
}
