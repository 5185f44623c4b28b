import { actingFor, nameAbsent, ON_BEHALF_OF } from './acting';
import { Refusal, refusalFrom } from './refusal';
import { authorized, authorizedFetch } from './session';

/** Files up and down: the two things that the generated client cannot do with a progress figure or a save dialog. */

function language(): string {
  return document.documentElement.lang || 'zh-CN';
}

function nameFrom(disposition: string | null): string | null {
  const encoded = disposition?.match(/filename\*=UTF-8''([^;]+)/i)?.[1];
  if (encoded) return decodeURIComponent(encoded);
  return disposition?.match(/filename="?([^";]+)"?/i)?.[1] ?? null;
}

async function fetched(address: string, body?: unknown, more: Record<string, string> = {}): Promise<Response> {
  const headers: Record<string, string> = { ...more, 'Accept-Language': language(), ...(body === undefined ? {} : { 'Content-Type': 'application/json' }) };
  const wish = { headers, ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }) };
  const request = new Request(new URL(address, location.origin), wish);
  nameAbsent(request.headers);
  const answer = await authorizedFetch(request).catch(
    (thrown: unknown) => {
      throw thrown instanceof Refusal ? thrown : new Refusal(0, 'network', '');
    },
  );
  if (!answer.ok) throw refusalFrom(answer.status, await answer.json().catch(() => null));
  return answer;
}

/** A picture that only the signed-in person may see, as an address of this page; the caller gives it back when done. */
export async function picture(address: string): Promise<string> {
  return URL.createObjectURL(await (await fetched(address)).blob());
}

/**
 * Fetches a file as the signed-in person, by POST when there is a body, and hands it to the browser's own saving.
 * `headers` are for what belongs into no address, such as the name of a person.
 */
export async function download(address: string, fallbackName: string, body?: unknown, headers?: Record<string, string>): Promise<void> {
  const answer = await fetched(address, body, headers);
  const url = URL.createObjectURL(await answer.blob());
  const link = document.createElement('a');
  link.href = url;
  link.download = nameFrom(answer.headers.get('Content-Disposition')) ?? fallbackName;
  link.click();
  // The save has read the address by then; keeping it would keep the file in memory.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

interface Sent {
  status: number;
  body: unknown;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** XMLHttpRequest, because fetch cannot tell how much of a body has been sent. */
function send(address: string, form: FormData, token: string | null, onShare: (share: number) => void): Promise<Sent> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', address);
    request.setRequestHeader('Accept-Language', language());
    if (token !== null) request.setRequestHeader('Authorization', `Bearer ${token}`);
    const absent = actingFor();
    if (absent !== null) request.setRequestHeader(ON_BEHALF_OF, absent);
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) onShare(event.loaded / event.total);
    };
    request.onload = () => resolve({ status: request.status, body: parsed(request.responseText) });
    request.onerror = () => reject(new Refusal(0, 'network', ''));
    request.onabort = request.onerror;
    request.send(form);
  });
}

/** Sends one file as multipart form data; `onShare` hears the share sent, from 0 to 1. */
export async function upload(
  address: string,
  file: File,
  fields: Record<string, string>,
  onShare: (share: number) => void = () => undefined,
): Promise<unknown> {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  form.append('file', file, file.name);
  const { status, body } = await authorized((token) => send(address, form, token, onShare));
  if (status < 200 || status >= 300) throw refusalFrom(status, body);
  return body;
}
