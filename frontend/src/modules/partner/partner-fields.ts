import type { Client, Webhook, WebhookState } from '@/api/types-partner';
import type { Column } from '@/core/columns';
import { field } from '@/core/form-spec';
import type { FormField } from '@/core/schema-form';

export const CLIENT_COLUMNS: Column<Client>[] = [
  { key: 'name', title: 'partner.field.name', width: '22%' },
  { key: 'client_id', title: 'partner.field.client_id', width: '20%', text: (row) => row.client_id },
  { key: 'reach', title: 'partner.field.reach', width: '18%', text: (row) => row.reach.name },
  { key: 'state', title: 'partner.field.state', width: '12%' },
  { key: 'last_used_at', title: 'partner.field.last_used_at', width: '14%' },
  { key: 'ends_at', title: 'partner.field.ends_at', width: '14%' },
];

export const CLIENT_TAG: Record<Client['state'], string> = { active: 'tag--good', without_scope: 'tag--blue', suspended: 'tag--warn', ended: '' };
/** What a secret or key is for, as the catalogue calls it. */
export const USE_WORD: Record<Client['secrets'][number]['use'], string> = { sign_in: 'secret', private_key_jwt: 'own_key', 'hmac-sha256': 'hmac', 'sm2-sm3': 'sm2' };
export const WEBHOOK_TAG: Record<WebhookState, string> = { active: 'tag--good', failing: 'tag--bad', unconfirmed: 'tag--blue', paused: 'tag--warn', client_over: 'tag--warn', closed: '' };

const reason = field({ name: 'reason', kind: 'long_text', required: true, maxLength: 400 });
const url = field({ name: 'url', kind: 'text', required: true, maxLength: 500 });

export type WebhookDeed = 'confirm' | 'pause' | 'resume' | 'close' | 'renew' | 'again';

export const WEBHOOK_FORMS: Record<WebhookDeed, FormField[]> = {
  confirm: [url, reason],
  pause: [reason],
  resume: [reason],
  close: [reason],
  renew: [field({ name: 'overlap_hours', kind: 'integer', required: true, minimum: 0, maximum: 168, initial: 24 }), reason],
  again: [field({ name: 'since', kind: 'datetime', required: true }), field({ name: 'until', kind: 'datetime', required: true })],
};

export const RESOURCES = ['organizations', 'members', 'decisions', 'rectifications', 'feedback-cards'] as const;

/** What a webhook is set up with; `words` are the resources as the reader calls them. */
export function newWebhookForm(words: (resource: string) => string, language: string): FormField[] {
  return [url, field({ name: 'resources', kind: 'choices', required: true, choices: RESOURCES.map((value) => ({ value, label: { [language]: words(value) } })) })];
}

/** What may be done with a webhook now, by whoever keeps clients and by whoever confirms. */
export function deedsOf(webhook: Webhook, keeps: boolean, confirms: boolean): WebhookDeed[] {
  if (webhook.state === 'closed') return [];
  const deeds: WebhookDeed[] = confirms && webhook.confirmed_at === null ? ['confirm'] : [];
  return keeps ? [...deeds, webhook.paused_at === null ? 'pause' : 'resume', 'again', 'renew', 'close'] : deeds;
}

/** Whole minutes since a moment by the machine's clock, which counts what waits; never less than none. */
export function minutesSince(since: string, now: number): number {
  return Math.max(0, Math.floor((now - Date.parse(since)) / 60_000));
}

/** What a webhook has not been sent, as keys of words with what fills them: its messages, and what has happened since it last looked at the log. */
export function lagWords(webhook: Webhook, now: number): { key: string; count?: number; minutes?: number }[] {
  const { waiting, waiting_since: since, behind_since: behind, state } = webhook;
  const words = [];
  if (since !== null) words.push({ key: 'partner.waits', count: waiting, minutes: minutesSince(since, now) });
  if (behind !== null) words.push({ key: state === 'paused' ? 'partner.behind_paused' : 'partner.behind', minutes: minutesSince(behind, now) });
  return words.length > 0 ? words : [{ key: 'partner.nothing_waits' }];
}

/** Minutes after which a program that follows the feed has fallen behind: one that waits for changes comes every half minute. */
const LATE_MINUTES = 2;

/** How far a program has read the feed, as a key of words, and whether somebody should look. */
export function feedWords(feed: Client['feed'], now: number): { key: string; minutes?: number; late: boolean } {
  if (feed === null) return { key: 'partner.feed_never', late: false };
  const minutes = feed.behind_since === null ? 0 : minutesSince(feed.behind_since, now);
  if (minutes < LATE_MINUTES) return { key: 'partner.feed_up_to_date', late: false };
  return { key: 'partner.feed_behind', minutes, late: true };
}
