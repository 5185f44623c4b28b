import type { NewRectification, RectificationRow } from '@/api/types-rectification';
import type { Column } from '@/core/columns';
import type { FilterField } from '@/core/filter-field';
import { field } from '@/core/form-spec';
import { shortDay } from '@/core/format';
import { toRecord, type Draft, type FormField } from '@/core/schema-form';

export const SOURCES = [
  'inspection_tour', 'party_building_patrol', 'thematic_education', 'epidemic_control', 'supervision', 'assessment', 'self_review',
  'democratic_life_meeting', 'organizational_life_meeting', 'feedback', 'inspection', 'audit', 'county_transfer', 'management_review',
] as const;
export const SEVERITIES = ['general', 'important', 'major'] as const;
export const CATEGORIES = [
  'leadership', 'organization_life', 'member_management', 'dues_finance', 'village_affairs', 'livelihood', 'infrastructure', 'venue', 'petitions',
  'conduct', 'safety_environment', 'institution', 'other',
] as const;
export const STATUSES = [
  'registered', 'assigned', 'signed_for', 'planned', 'rectifying', 'close_requested', 'verified', 'closed', 'merged', 'withdrawn',
] as const;
export const STEPS = [
  'assignment', 'sign_for', 'plan', 'plan_approval', 'rectifying', 'verification', 'second_verification', 'source_confirmation', 'organization_confirmation', 'satisfaction', 'closing',
] as const;
export const DEADLINE_KINDS = ['dated', 'immediate', 'standing'] as const;
export const LIGHTS = ['red', 'yellow', 'green', 'blue', 'grey'] as const;
/** An item that is no longer anybody's work. */
export const OVER: readonly string[] = ['closed', 'merged', 'withdrawn'];

/** The unit's own delay, now or when it asked for closing: null when there is none. */
export function unitLate(row: Pick<RectificationRow, 'overdue_days' | 'handed_in_late_days'>): { key: string; count: number } | null {
  if (row.overdue_days > 0) return { key: 'home.days_late', count: row.overdue_days };
  return row.handed_in_late_days > 0 ? { key: 'rectification.handed_in_late', count: row.handed_in_late_days } : null;
}

/** The one delay that a list tells: the unit's, else that of whoever holds the open step. */
export function lateWord(row: RectificationRow): { key: string; count: number } | null {
  return unitLate(row) ?? (row.step_late_days > 0 ? { key: 'rectification.step_late', count: row.step_late_days } : null);
}

/** Every column of the ledger; widths in pixels, because people choose which they see. */
export const LEDGER_COLUMNS: Column<RectificationRow>[] = [
  { key: 'light', title: 'rectification.field.light', width: '144px' },
  { key: 'number', title: 'rectification.field.number', width: '132px', text: (row) => row.number, numeric: true },
  { key: 'problem', title: 'rectification.field.problem', width: '284px' },
  { key: 'source', title: 'rectification.field.source', width: '124px' },
  { key: 'category', title: 'rectification.field.category', width: '132px' },
  { key: 'severity', title: 'rectification.field.severity', width: '92px' },
  { key: 'responsible_unit', title: 'rectification.field.responsible_unit', width: '140px', text: (row) => row.responsible_unit?.name ?? '' },
  { key: 'responsible_leader', title: 'rectification.field.responsible_leader', width: '116px', text: (row) => row.responsible_leader ?? '' },
  { key: 'responsible_person', title: 'rectification.field.responsible_person', width: '116px', text: (row) => row.responsible_person ?? '' },
  { key: 'step', title: 'rectification.field.step', width: '120px' },
  { key: 'holders', title: 'rectification.field.holders', width: '148px', text: (row) => row.holders.map((one) => one.name).join('、') },
  { key: 'due_on', title: 'rectification.field.due_on', width: '144px', numeric: true },
  { key: 'original_due_on', title: 'rectification.field.original_due_on', width: '120px', text: (row) => shortDay(row.original_due_on), numeric: true },
  { key: 'deadline_kind', title: 'rectification.field.deadline_kind', width: '112px' },
  { key: 'extensions', title: 'rectification.field.extensions', width: '92px', text: (row) => (row.extensions > 0 ? String(row.extensions) : ''), numeric: true },
  { key: 'overdue_days', title: 'rectification.field.overdue_days', width: '100px', text: (row) => (row.overdue_days > 0 ? String(row.overdue_days) : ''), numeric: true },
  { key: 'registered_at', title: 'rectification.field.registered_at', width: '156px', text: (row) => row.registered_at.name },
  { key: 'feedback_card_number', title: 'rectification.field.feedback_card_number', width: '136px', text: (row) => row.feedback_card_number ?? '', numeric: true },
  { key: 'closed_on', title: 'rectification.field.closed_on', width: '120px', text: (row) => shortDay(row.closed_on), numeric: true },
];
export const STANDARD_COLUMNS = ['light', 'number', 'problem', 'source', 'responsible_unit', 'step', 'due_on'] as const;

const choice = (name: string, choices: readonly string[]): FilterField => ({ name, kind: 'choice', title: `rectification.field.${name}`, choices, words: `rectification.${name}` });
const other = (kind: FilterField['kind'], ...names: string[]): FilterField[] => names.map((name) => ({ name, kind, title: `rectification.field.${name}` }));

/** What is asked for every day stands in the bar, the rest in the panel. */
export const BAR_FILTERS: FilterField[] = [choice('light', LIGHTS), choice('source', SOURCES), choice('severity', SEVERITIES), choice('status', STATUSES)];
export const PANEL_FILTERS: FilterField[] = [
  choice('category', CATEGORIES),
  choice('step', STEPS),
  choice('deadline_kind', DEADLINE_KINDS),
  { name: 'organization_id', kind: 'organization', title: 'rectification.field.within' },
  ...other('organization', 'responsible_unit_id', 'registered_at_id'),
  ...other('text', 'responsible_leader', 'responsible_person', 'source_document', 'source_clause', 'measures', 'result', 'remark'),
  ...other('day', 'due_from', 'due_to', 'original_due_from', 'original_due_to', 'registered_from', 'registered_to', 'closed_from', 'closed_to'),
  ...other('flag', 'overdue', 'supervised', 'affects_people', 'has_extension', 'systemic', 'relapsed', 'relook'),
];
export const FILTERS = [...BAR_FILTERS, ...PANEL_FILTERS];
/** Names of people, which no address tells. */
export const UNSAID_FILTERS = ['responsible_leader', 'responsible_person'];
export const SAID_FILTERS = FILTERS.map((one) => one.name).filter((name) => !UNSAID_FILTERS.includes(name));

function among(values: readonly string[]): FormField['choices'] {
  return values.map((value) => ({ value, label: {} }));
}

const must = { required: true };
const source = field({ name: 'source', kind: 'enum', ...must, choices: among(SOURCES) });
const found = [
  field({ name: 'source_document', kind: 'text', maxLength: 200 }),
  field({ name: 'source_clause', kind: 'text', maxLength: 200 }),
];
const kindOfProblem = [
  field({ name: 'category', kind: 'enum', ...must, choices: among(CATEGORIES) }),
  field({ name: 'severity', kind: 'enum', ...must, choices: among(SEVERITIES), initial: 'general' }),
];
const people = [
  field({ name: 'affects_people', kind: 'boolean', ...must }),
  field({ name: 'nobody_affected_reason', kind: 'long_text', ...must, when: { affects_people: ['false'] }, maxLength: 1000 }),
];

export const NEW_FORM: Record<'where' | 'what' | 'whom', FormField[]> = {
  where: [field({ name: 'organization_id', kind: 'text', ...must, widget: 'organization' }), source, ...found],
  what: [field({ name: 'problem', kind: 'long_text', ...must, maxLength: 4000 }), ...kindOfProblem, field({ name: 'facts', kind: 'long_text', maxLength: 8000 })],
  whom: people,
};
export const NEW_FIELDS: FormField[] = [...NEW_FORM.where, ...NEW_FORM.what, ...NEW_FORM.whom];
/** What is sent: empty cells stay away, so that the server can say what is lacking. */
export function newRectification(value: Draft): NewRectification {
  const record: unknown = toRecord(NEW_FIELDS, value);
  return record as NewRectification;
}

/** What stays for the next one, when a whole list of problems is registered from one document. */
export const KEPT_FOR_NEXT = ['organization_id', 'source', 'source_document', 'category', 'severity', 'affects_people', 'nobody_affected_reason'] as const;

const unit = field({ name: 'responsible_unit_id', kind: 'text', ...must, widget: 'organization' });
const reason = field({ name: 'reason', kind: 'long_text', ...must, maxLength: 2000 });
const whyMilder = field({ name: 'reason', kind: 'long_text', maxLength: 2000 });

const persons = (required: boolean): FormField[] => ['responsible_leader', 'responsible_person'].map((name) => field({ name, kind: 'text', required, maxLength: 100 }));

/** What is left empty is taken from what each item proposes, so that a whole ledger can be assigned as it was registered. */
export const ASSIGN_FORM: FormField[] = [
  field({ name: 'responsible_unit_id', kind: 'text', widget: 'organization' }),
  ...persons(false),
  field({ name: 'deadline_kind', kind: 'enum', choices: among(DEADLINE_KINDS) }),
  field({ name: 'due_on', kind: 'date', when: { deadline_kind: ['dated', 'immediate'] } }),
  field({ name: 'emergency', kind: 'text', maxLength: 1000, when: { deadline_kind: ['dated'] } }),
  field({ name: 'reason', kind: 'long_text', maxLength: 2000 }),
];

/** What is done to an item beside its steps. */
export const DEED_FORMS = {
  edit: [...found, ...kindOfProblem, field({ name: 'facts', kind: 'long_text', maxLength: 8000 }), ...people, field({ name: 'systemic', kind: 'boolean' }), field({ name: 'remark', kind: 'long_text' }), whyMilder],
  corrections: [field({ name: 'text', kind: 'long_text', ...must, maxLength: 4000 }), reason],
  merge: [field({ name: 'into', kind: 'text', ...must }), reason],
  transfer: [unit, ...persons(false), reason],
  supervision: [reason],
} satisfies Record<string, FormField[]>;
export type RectificationDeed = keyof typeof DEED_FORMS;

export const RELOOK_FORM: FormField[] = [
  field({ name: 'found', kind: 'enum', ...must, choices: among(['held', 'relapsed']) }),
  field({ name: 'findings', kind: 'long_text', ...must, maxLength: 4000 }),
  field({ name: 'due_on', kind: 'date', when: { found: ['relapsed'] } }),
];
