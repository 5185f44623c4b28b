import { fileURLToPath } from 'node:url';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Where modules are: the pages use the client package as it lies in this repository, with their own copy of what it needs. */
export const client = {
  alias: { '@': at('../src'), 'guanbiao-client': at('../../clients/typescript/src/index.ts') },
  dedupe: ['openapi-fetch'],
};
