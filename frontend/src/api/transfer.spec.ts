import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import { actFor } from './acting';
import { download, upload } from './transfer';

const sent: { url: string; absent: string | null }[] = [];

/** As much of a request with progress as `upload` uses. */
class ProgressRequest {
  status = 200;
  responseText = '{}';
  upload = {};
  onload = (): void => undefined;
  private url = '';
  private headers = new Headers();
  open(_: string, url: string): void { this.url = url; }
  setRequestHeader(name: string, value: string): void { this.headers.set(name, value); }
  send(): void {
    sent.push({ url: this.url, absent: this.headers.get('On-Behalf-Of') });
    this.onload();
  }
}

beforeEach(() => {
  vi.spyOn(HTMLAnchorElement.prototype, 'click').mockReturnValue(undefined);
  sent.length = 0;
  vi.stubGlobal('XMLHttpRequest', ProgressRequest);
  vi.stubGlobal('fetch', (request: Request) => {
    sent.push({ url: new URL(request.url).pathname, absent: request.headers.get('On-Behalf-Of') });
    return Promise.resolve(new Response('x'));
  });
  vi.stubGlobal('URL', Object.assign(URL, { createObjectURL: () => 'blob:x', revokeObjectURL: () => undefined }));
});

afterEach(() => {
  actFor(null);
  vi.unstubAllGlobals();
});

it('says for whom files go up and come down', async () => {
  actFor('absent-colleague');
  await download('/api/v1/exports/member', 'member.xlsx');
  await upload('/api/v1/attachments', new File(['x'], 'x.txt'), {});
  actFor(null);
  await download('/api/v1/exports/member', 'member.xlsx');
  expect(sent).toEqual([
    { url: '/api/v1/exports/member', absent: 'absent-colleague' },
    { url: '/api/v1/attachments', absent: 'absent-colleague' },
    { url: '/api/v1/exports/member', absent: null },
  ]);
});
