import { connect, named } from 'guanbiao-client';

import { nameAbsent } from './acting';
import { Refusal } from './refusal';
import { authorizedFetch } from './session';

export { ifMatch, named, need } from 'guanbiao-client';

async function reach(request: Request): Promise<Response> {
  try {
    return await authorizedFetch(request);
  } catch (thrown) {
    throw thrown instanceof Refusal ? thrown : new Refusal(0, 'network', '');
  }
}

export const client = connect(globalThis.location?.origin ?? '', reach);

client.use({
  onRequest({ request }) {
    request.headers.set('Accept-Language', document.documentElement.lang || 'zh-CN');
    nameAbsent(request.headers);
    return request;
  },
});

export const searchedName = (name: string | undefined): { 'X-Search-Name'?: string } => named('X-Search-Name', name);
