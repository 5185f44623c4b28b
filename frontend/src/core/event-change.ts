import { day, dayAndTime, shortHash } from './format';

/** One line of what an event changed, as values; `isChange` tells a change from a fact. */
export interface Change {
  field: string;
  isChange: boolean;
  old: unknown;
  new: unknown;
}

type Say = (key: string, values?: Record<string, unknown>) => string;
type Has = (key: string) => boolean;

const isNothing = (value: unknown): boolean => value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0);

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const isChange = (value: unknown): value is { old?: unknown; new?: unknown } => isObject(value) && Object.keys(value).length > 0 && Object.keys(value).every((key) => key === 'old' || key === 'new');

/** Reads an event's data: `{field: {old, new}}` are changes, anything else is a fact; facts within facts stand for themselves. */
export function changesOf(data: Record<string, unknown>): Change[] {
  return Object.entries(data).flatMap(([field, value]): Change[] => {
    if (isChange(value)) return isNothing(value.old) && isNothing(value.new) ? [] : [{ field, isChange: true, old: value.old, new: value.new }];
    if (isObject(value)) return changesOf(value);
    return isNothing(value) ? [] : [{ field, isChange: false, old: null, new: value }];
  });
}

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const HASH = /^[0-9a-f]{64}$/;
const MOMENT = /^\d{4}-\d{2}-\d{2}T/;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** Ids and hashes tell people nothing; they stand in the record as it was kept. */
export function isForPeople({ old, new: now }: Change): boolean {
  const said = (value: unknown): boolean => !(typeof value === 'string' && (ID.test(value) || HASH.test(value))) && !(isObject(value) && 'sha256' in value);
  return said(old) && said(now);
}

/** Where the words for a field's values already stand. */
const FAMILIES: Record<string, string[]> = {
  status: ['decision.status', 'rectification.status', 'feedback.status', 'member.status', 'organization.status', 'account.state'],
  to: ['event_value.step'],
  returned_to: ['event_value.step'],
  outcome: ['act.outcome', 'opinion.outcome'],
  kind: ['organization.kind', 'rectification.relook_kind', 'feedback.batch_kind'],
  category: ['rectification.category', 'feedback.category'],
  severity: ['rectification.severity'],
  source: ['rectification.source'],
  channel: ['feedback.channel', 'opinion.channel'],
  from: ['opinion.from_kind'],
  sex: ['member.sex'],
  role: ['role'],
  ledger: ['import.ledger'],
  format: ['audit.format'],
  field: ['member.field'],
  fields: ['member.field'],
};

/** A value as people say it: words for codes, days as days; '' for nothing. */
export function valueWord(field: string, value: unknown, language: string, t: Say, te: Has): string {
  if (isNothing(value)) return '';
  if (typeof value === 'boolean') return t(value ? 'events.yes' : 'events.no');
  if (Array.isArray(value) && value.some(isObject)) return t('events.items', { count: value.length });
  if (Array.isArray(value)) return value.map((one) => valueWord(field, one, language, t, te)).join(language === 'en' ? ', ' : '、');
  if (isObject(value)) return Object.entries(value).map(([key, one]) => `${fieldWord(key, t, te)} ${valueWord(key, one, language, t, te)}`).join(' · ');
  const text = String(value);
  if (MOMENT.test(text)) return dayAndTime(text, language);
  if (DAY.test(text)) return day(text, language);
  if (HASH.test(text)) return shortHash(text);
  if (!/^\w+$/.test(text)) return text;
  if (te(`event_value.${field}.${text}`)) return t(`event_value.${field}.${text}`);
  const key = (FAMILIES[field] ?? []).map((family) => `${family}.${text}`).find(te);
  return key === undefined ? text : t(key);
}

/** What a field of an event is called for people; one without words keeps its own name. */
export function fieldWord(field: string, t: (key: string) => string, te: Has): string {
  return te(`event_field.${field}`) ? t(`event_field.${field}`) : field;
}
