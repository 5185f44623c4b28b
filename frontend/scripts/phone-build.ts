import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

import type { Plugin } from 'vite';

/** What the worker keeps on the phone: the public pages, not those of staff, which are fetched when they are opened. */
const STAFF = /\/work|Work/;

/** Writes `m/sw.js` with the names of the files of this build; a new build is a new worker. */
export function phoneWorker(): Plugin {
  const template = fileURLToPath(new URL('../src/h5/worker/worker.js', import.meta.url));
  return {
    name: 'phone-worker',
    apply: 'build',
    generateBundle(_, bundle) {
      const names = Object.values(bundle)
        .filter((file) => /^assets\/.*\.(js|css)$/.test(file.fileName))
        .filter((file) => !(file.type === 'chunk' && file.moduleIds.some((id) => id.includes('/h5/work/'))) && !STAFF.test(file.fileName))
        .map((file) => `/${file.fileName}`)
        .sort();
      const version = createHash('sha256').update(names.join('\n')).digest('hex').slice(0, 12);
      const source = readFileSync(template, 'utf8').replace('__VERSION__', JSON.stringify(version)).replace('__FILES__', JSON.stringify(names));
      this.emitFile({ type: 'asset', fileName: 'm/sw.js', source });
    },
  };
}

const SQUEEZED = /\.(js|css|html|svg|json)$/;
const SMALLEST = 1_000;

/** Puts `x.gz` beside every text file, at the greatest effort and once, so that no server squeezes at each request. */
export function squeezed(): Plugin {
  let folder = '';
  return {
    name: 'squeezed',
    apply: 'build',
    configResolved(config) {
      folder = resolve(config.root, config.build.outDir);
    },
    closeBundle() {
      for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
        const file = join(folder, name);
        if (!SQUEEZED.test(name) || statSync(file).size < SMALLEST) continue;
        writeFileSync(`${file}.gz`, gzipSync(readFileSync(file), { level: 9 }));
      }
    },
  };
}
