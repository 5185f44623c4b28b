import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

type Tree = { [key: string]: string | Tree };

const source = join(import.meta.dirname, '..');

function files(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name));
}

function keysOf(tree: Tree, base = ''): [string, string][] {
  return Object.entries(tree).flatMap(([name, value]): [string, string][] =>
    typeof value === 'string' ? [[base + name, value]] : keysOf(value, `${base}${name}.`));
}

function texts(language: string): Map<string, string> {
  const parts = files(join(source, 'locales', language)).map((file): Tree => JSON.parse(readFileSync(file, 'utf8')));
  return new Map(parts.flatMap((part) => keysOf(part)));
}

const chinese = texts('zh-CN');
const english = texts('en');
const code = files(source).filter((file) => /\.(ts|vue)$/.test(file) && !file.endsWith('.spec.ts')).map((file) => readFileSync(file, 'utf8')).join('\n');

/** Keys that the code names whole, and the beginnings of those that it puts together. */
const named = new Set([...code.matchAll(/['"`]([a-z][a-z_]*(?:\.[A-Za-z_]+)+)['"`]/g)].map((match) => match[1] ?? ''));
const begun = [...code.matchAll(/\b(?:t|say)\(`([a-z][a-z_.]*\.)\$\{/g)].map((match) => match[1] ?? '');
// RecordForm puts keys together from its family: `<texts>.field.<name>`, `<texts>.<name>.<choice>`, `<texts>.example.<name>`.
const fieldNames = [...code.matchAll(/\bname: '([a-z_]+)'/g)].map((match) => match[1] ?? '');
const families = [...code.matchAll(/\btexts="([a-z]+)"/g)].flatMap((match) => ['field', 'example', ...fieldNames].map((part) => `${match[1]}.${part}.`));
// A filter says where the words of its choices stand.
const filters = [...code.matchAll(/\bwords: [`']([a-z_.]+)(?:\$\{name\})?[`']/g)].map((match) => match[1] ?? '');

describe('the texts', () => {
  it('have the same keys in both languages', () => {
    expect([...english.keys()].sort()).toEqual([...chinese.keys()].sort());
  });

  it('take the same parameters in both languages', () => {
    const parameters = (text: string | undefined): string[] => [...(text ?? '').matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '').sort();
    for (const [key, text] of chinese) expect([key, parameters(english.get(key))]).toEqual([key, parameters(text)]);
  });

  it('are there for every key that the code names', () => {
    const called = [...code.matchAll(/\b(?:t|say)\('([^']+)'/g)].map((match) => match[1] ?? '');
    const titles = [...code.matchAll(/title: '([a-z]+(?:\.[a-z_]+)+)'/g)].map((match) => match[1] ?? '');
    expect([...called, ...titles].filter((key) => !chinese.has(key))).toEqual([]);
  });

  it('are all used', () => {
    const unused = [...chinese.keys()].filter((key) => !named.has(key) && ![...begun, ...families, ...filters].some((start) => key.startsWith(start)));
    expect(unused).toEqual([]);
  });
});
