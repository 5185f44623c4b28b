import type { Proof, SealNote } from '@/api/types-audit';

/**
 * The check of one event's proof in the browser, by the same rules as `guanbiao audit verify-proof`: nothing that the
 * server says of the proof is believed, every hash and signature is reckoned anew.
 */
export interface Checked {
  leaf: boolean;
  history: boolean;
  /** null: this browser knows no Ed25519, or was given no cryptography because the page came without TLS. */
  signature: boolean | null;
}

const FORMAT = 'guanbiao-seal-1';
const encoder = new TextEncoder();

const bytes = (hex: string): Uint8Array<ArrayBuffer> => Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));
const hexOf = (found: Uint8Array): string => [...found].map((one) => one.toString(16).padStart(2, '0')).join('');

function joined(...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

const sha256 = async (content: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> => new Uint8Array(await crypto.subtle.digest('SHA-256', content));
const leafHash = (content: Uint8Array): Promise<Uint8Array<ArrayBuffer>> => sha256(joined(Uint8Array.of(0), content));
const nodeHash = (left: Uint8Array, right: Uint8Array): Promise<Uint8Array<ArrayBuffer>> => sha256(joined(Uint8Array.of(1), left, right));

/** The root of a tree of `size` leaves in which `leaf` stands at `place`; null for a path that fits no such tree. */
async function rootFromPath(leaf: Uint8Array, place: number, size: number, path: Uint8Array[]): Promise<string | null> {
  if (place < 0 || place >= size) return null;
  let found = leaf;
  let last = size - 1;
  const rest = [...path];
  for (; last > 0; place = Math.floor(place / 2), last = Math.floor(last / 2)) {
    const isRight = place % 2 === 1;
    if (!isRight && place >= last) continue;
    const step = rest.shift();
    if (!step) return null;
    found = isRight ? await nodeHash(step, found) : await nodeHash(found, step);
  }
  return rest.length > 0 ? null : hexOf(found);
}

/** The seal's own words as the bytes that are signed: sorted keys, no blanks. */
function message(note: SealNote): Uint8Array<ArrayBuffer> {
  const sorted = (value: unknown): unknown => {
    if (Array.isArray(value) || typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)).map(([key, part]) => [key, sorted(part)]));
  };
  const said: Partial<SealNote> = { ...note };
  delete said.signature;
  delete said.hash;
  return encoder.encode(`${FORMAT}\n${JSON.stringify(sorted(said))}`);
}

async function isSigned(note: SealNote): Promise<boolean | null> {
  try {
    const key = await crypto.subtle.importKey('raw', bytes(note.key), { name: 'Ed25519' }, false, ['verify']);
    return await crypto.subtle.verify('Ed25519', key, bytes(note.signature), message(note));
  } catch {
    return null;
  }
}

/** Whether a proof can be checked here at all. */
export const mayCheck = (): boolean => typeof crypto !== 'undefined' && typeof crypto.subtle !== 'undefined';

/** How many hashes lie between the event and the seal that it is checked against. */
export const stepsOf = (proof: Proof): number => proof.path.length + proof.history.length;

export async function checkProof(proof: Proof): Promise<Checked> {
  const { seal, head } = proof;
  const leaf = await leafHash(encoder.encode(proof.event));
  const root = await rootFromPath(leaf, proof.place, seal.count, proof.path.map(bytes));
  const signed = await Promise.all([seal, ...(head ? [head] : [])].map(isSigned));
  const history = head === null ? null : await rootFromPath(await leafHash(message(seal)), seal.number - 1, head.number - 1, proof.history.map(bytes));
  return {
    leaf: root === seal.root,
    history: head === null || history === head.history,
    signature: signed.includes(false) ? false : signed.includes(null) ? null : true,
  };
}

export const holds = (checked: Checked): boolean => checked.leaf && checked.history && checked.signature !== false;
