import type { AuditedEvent, LogState } from '@/api/types-audit';
import { field } from '@/core/form-spec';
import { isoDay } from '@/core/format';

export const LOG_FILTERS = ['kind', 'organization_id', 'actor_id', 'subject_id', 'origin', 'from', 'to'] as const;

/** Where the record of an event can be opened by whoever may read its kind; '' for nobody and nothing. */
export function recordPlace(event: AuditedEvent, may: (permission: string) => boolean): string {
  const pages: Record<string, [string, string]> = {
    account: ['account:read', '/accounts'],
    organization: ['organization:read', '/organizations'],
    member: ['member:read', '/members'],
    decision: ['decision:read', '/decisions'],
    rectification: ['rectification:read', '/rectifications'],
  };
  const [permission, path] = pages[event.subject_kind] ?? [];
  return permission && path && event.subject && may(permission) ? `${path}/${event.subject_id}` : '';
}

export const EXPORT_FORM = [
  field({ name: 'format', kind: 'enum', required: true, choices: ['xlsx', 'csv', 'ndjson'].map((value) => ({ value, label: {} })), initial: 'xlsx' }),
  field({ name: 'reason', kind: 'long_text', required: true, maxLength: 500 }),
];

/** The moments at which the chosen days of Asia/Shanghai begin and end. */
export function dayBounds(from: string | undefined, to: string | undefined): { since?: string; until?: string } {
  const start = (day: string, more: number): string => new Date(Date.parse(`${day}T00:00:00+08:00`) + more * 86_400_000).toISOString();
  return { ...(from ? { since: start(from, 0) } : {}), ...(to ? { until: start(to, 1) } : {}) };
}

export interface Link {
  day: string;
  events: number;
  /** How full the link is drawn, from 0 to 1: by the square root, so that one busy day leaves the others visible. */
  share: number;
}

/** The last days of the log as links of a chain, the newest last; days on which nothing was sealed are links as well. */
export function chain(state: LogState, now: string, length = 30): Link[] {
  const counted = new Map(state.days.map((one) => [one.day, one.events]));
  const most = Math.max(1, ...counted.values());
  return Array.from({ length }, (_, place) => {
    const day = isoDay(new Date(Date.parse(now) - (length - 1 - place) * 86_400_000).toISOString());
    const events = counted.get(day) ?? 0;
    return { day, events, share: Math.sqrt(events / most) };
  });
}

/** Whether all is well: nothing found, checked within two days, and nothing waiting much longer than a seal takes. */
export function standing(state: LogState, now: string): 'good' | 'bad' | 'never' | 'unchecked' | 'waiting' {
  if (state.check && state.check.findings.length > 0) return 'bad';
  if (!state.check) return 'never';
  if (Date.parse(now) - Date.parse(state.check.at) > 2 * 86_400_000) return 'unchecked';
  return state.waiting_since && Date.parse(now) - Date.parse(state.waiting_since) > 2 * 86_400_000 ? 'waiting' : 'good';
}
