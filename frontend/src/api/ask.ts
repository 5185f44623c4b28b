import { client, ifMatch, need } from './client';

interface Asked {
  query?: Record<string, unknown>;
  body?: unknown;
  version?: number;
}

type Loose = Record<'GET' | 'POST' | 'PATCH', (path: string, init: unknown) => Promise<{ data?: unknown; error?: unknown; response: Response }>>;

/** One request to a route whose shapes the generated client does not have yet. */
export async function ask<T>(method: 'GET' | 'POST' | 'PATCH', path: string, { query, body, version }: Asked = {}): Promise<T> {
  const loose = client as unknown as Loose;
  return (await need(loose[method](path, { params: { query, header: version === undefined ? {} : ifMatch(version) }, body }))) as T;
}
