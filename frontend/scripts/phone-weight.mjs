/*
 * Weighs what a phone loads for the first public screen and for the page where people write: every file that the
 * browser asks for, as it goes over the wire. Fails above the budget, so that no build can be too heavy.
 *
 *   node scripts/phone-weight.mjs [folder of the build]
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const JS_BUDGET = 60 * 1024;
const WHOLE_BUDGET = 100 * 1024;
const folder = process.argv[2] ?? new URL('../dist', import.meta.url).pathname;
const manifest = JSON.parse(readFileSync(join(folder, 'm/manifest.json'), 'utf8'));

/** Everything that a chunk needs before it runs, itself included. */
function needed(key, found = new Set()) {
  const chunk = manifest[key];
  if (!chunk) throw new Error(`The build has no ${key}.`);
  if (found.has(chunk.file)) return found;
  found.add(chunk.file);
  for (const sheet of chunk.css ?? []) found.add(sheet);
  for (const other of chunk.imports ?? []) needed(other, found);
  return found;
}

/** As the server sends it: squeezed by the build, or as it is where squeezing gains nothing. */
function weight(name) {
  const file = join(folder, name);
  return existsSync(`${file}.gz`) ? readFileSync(`${file}.gz`).length : readFileSync(file).length;
}

const FIRST = new Set(['m.html', 'look.js', 'seal.svg', ...needed('m.html')]);
const WRITE = new Set([...FIRST, ...needed('src/h5/pages/Feedback.vue')]);

let good = true;
for (const [name, files] of [['first screen', FIRST], ['give feedback', WRITE]]) {
  const sizes = [...files].map((file) => [file, weight(file)]);
  const whole = sizes.reduce((sum, [, size]) => sum + size, 0);
  const js = sizes.filter(([file]) => file.endsWith('.js')).reduce((sum, [, size]) => sum + size, 0);
  const fits = js <= JS_BUDGET && whole <= WHOLE_BUDGET;
  good &&= fits;
  const kilo = (bytes) => `${(bytes / 1024).toFixed(1)} KB`;
  process.stdout.write(`${fits ? 'ok' : 'TOO HEAVY'}  ${name}: ${kilo(js)} JavaScript of ${kilo(JS_BUDGET)}, ${kilo(whole)} in all of ${kilo(WHOLE_BUDGET)}\n`);
  if (!fits) for (const [file, size] of sizes.sort((a, b) => b[1] - a[1])) process.stdout.write(`    ${kilo(size).padStart(9)}  ${file}\n`);
}
if (!good) process.exit(1);
