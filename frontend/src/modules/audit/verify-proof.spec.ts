// @vitest-environment node
import { expect, it } from 'vitest';

import type { Proof } from '@/api/types-audit';

import sample from './proof.sample.json';
import { checkProof, holds } from './verify-proof';

/** A proof as a server of the demonstration county gave it. */
const proof = sample as unknown as Proof;

it('finds a proof whole that the server made', async () => {
  expect(await checkProof(proof)).toEqual({ leaf: true, history: true, signature: true });
});

it.each<[string, Partial<Proof>]>([
  ['another event', { event: proof.event.replace('organization.created', 'organization.changed') }],
  ['another place', { place: proof.place + 1 }],
  ['a path cut short', { path: proof.path.slice(1) }],
  ['another seal', { seal: { ...proof.seal, count: proof.seal.count + 1 } }],
  ['a signature of nobody', { seal: { ...proof.seal, signature: '00'.repeat(64) } }],
  ['a later seal that knows nothing of it', { head: proof.head && { ...proof.head, history: proof.seal.root } }],
])('finds out %s', async (_, change) => {
  expect(holds(await checkProof({ ...proof, ...change }))).toBe(false);
});
