import type { BoxOpening, FeedbackBatch, SealedReport } from '@/api/types-feedback';
import type { Column } from '@/core/columns';
import type { FilterField } from '@/core/filter-field';
import { field } from '@/core/form-spec';
import type { FormField } from '@/core/schema-form';

export const STATUSES = [
  'received', 'accepted', 'processing', 'replying', 'replied', 'under_review', 'closed', 'not_accepted', 'transferred', 'merged', 'withdrawn', 'sealed', 'handed_over',
] as const;
export const OVER: readonly string[] = ['closed', 'not_accepted', 'transferred', 'merged', 'withdrawn', 'sealed', 'handed_over'];
export const CHANNELS = ['opinion_card', 'satisfaction_card', 'suggestion_box', 'hotline', 'phone_page', 'qr', 'visit', 'letter', 'county_transfer'] as const;
/** Doors at which somebody in an office writes down what was said; the hotline has a desk of its own. */
export const PAPER_CHANNELS = ['opinion_card', 'satisfaction_card', 'suggestion_box', 'visit', 'letter', 'county_transfer'] as const;
export const VOICES = ['masses', 'leaders', 'organisations', 'departments'] as const;
export const WISHES = ['answer', 'action', 'praise', 'complaint', 'misconduct'] as const;
export const CATEGORIES = [
  'roads', 'drainage', 'lamps', 'refuse', 'elder_care', 'fund_disclosure', 'allowances', 'utilities', 'attitude', 'land_house', 'meeting_records', 'other',
] as const;
export const LIGHTS = ['red', 'yellow', 'green', 'blue', 'grey'] as const;
export const MOST_ENTRIES = 50;

/** A mark looks as it was meant: what is not good is not green. */
export function gradeTone(grade: number): string {
  if (grade >= 4) return 'tag--good';
  return grade >= 3 ? 'tag--warn' : 'tag--bad';
}

const choice = (name: string, choices: readonly string[]): FilterField => ({ name, kind: 'choice', title: `feedback.field.${name}`, choices, words: `feedback.${name}` });
export const BAR_FILTERS: FilterField[] = [choice('channel', CHANNELS), choice('category', CATEGORIES), choice('light', LIGHTS)];
export const PANEL_FILTERS: FilterField[] = [
  choice('voice', VOICES), choice('wish', WISHES), choice('status', STATUSES), choice('anonymity', ['anonymous', 'contact']),
  { name: 'place_id', kind: 'organization', title: 'feedback.field.place_id' },
  { name: 'organization_id', kind: 'organization', title: 'feedback.field.organization_id' },
  { name: 'received_from', kind: 'day', title: 'feedback.field.received_from' },
  { name: 'received_to', kind: 'day', title: 'feedback.field.received_to' },
  { name: 'overdue', kind: 'flag', title: 'feedback.field.overdue' },
  { name: 'reopened', kind: 'flag', title: 'feedback.field.reopened' },
  { name: 'converted', kind: 'flag', title: 'feedback.field.converted' },
];
export const FILTERS = [...BAR_FILTERS, ...PANEL_FILTERS];

function among(values: readonly string[]): FormField['choices'] {
  return values.map((value) => ({ value, label: {} }));
}

const must = { required: true };
const place = field({ name: 'organization_id', kind: 'text', ...must, widget: 'organization' });
const content = field({ name: 'content', kind: 'long_text', ...must, maxLength: 4000 });
const category = field({ name: 'category', kind: 'enum', ...must, choices: among(CATEGORIES) });
const wish = field({ name: 'wish', kind: 'enum', ...must, choices: among(WISHES), initial: 'action' });
/** Details stay apart from the card, encrypted; they are never kept in a draft. */
const contact = field({
  name: 'contact', kind: 'object', fields: [field({ name: 'name', kind: 'text', maxLength: 50 }), field({ name: 'phone', kind: 'text', ...must, maxLength: 32 })],
});

/** What all papers of a batch share, and what each says. */
export const BATCH_FORM: FormField[] = [
  field({ name: 'channel', kind: 'enum', ...must, choices: among(PAPER_CHANNELS), initial: 'opinion_card' }),
  field({ name: 'voice', kind: 'enum', ...must, choices: among(VOICES), initial: 'masses' }),
  place,
  field({ name: 'received_on', kind: 'date', ...must }),
];
/** Who is complained about neither sees nor handles it: said before anybody reads the card. */
const about = [
  field({ name: 'about_unit', kind: 'text', widget: 'organization', when: { wish: ['complaint', 'misconduct'] } }),
  field({ name: 'about_note', kind: 'text', maxLength: 500, when: { wish: ['complaint', 'misconduct'] } }),
];
const opinion = field({ name: 'opinion', kind: 'enum', choices: among(['5', '4', '3', '2', '1']) });
const somewhere = field({ name: 'location_text', kind: 'text', maxLength: 200 });
export const ENTRY_FORM: FormField[] = [content, category, wish, ...about, somewhere, contact];
export const CALL_FORM: FormField[] = [content, category, wish, ...about, place, somewhere, contact];

/** A card asks what its channel asks: a satisfaction card has its mark, a printed one its number. */
export function entryForm(channel: string, printed: boolean): FormField[] {
  const mark = channel === 'satisfaction_card' ? [opinion] : [];
  const number = printed ? [field({ name: 'printed_number', kind: 'text', ...must, maxLength: 32 })] : [];
  return [...mark, ...number, ...ENTRY_FORM];
}

const reason = field({ name: 'reason', kind: 'long_text', ...must, maxLength: 500 });
export const CONTACT_FORM: FormField[] = [reason];
export const CALL_BACK_FORM: FormField[] = [
  field({ name: 'reached', kind: 'boolean', ...must }),
  field({ name: 'minutes', kind: 'integer', minimum: 0 }),
  field({ name: 'grade', kind: 'enum', choices: among(['5', '4', '3', '2', '1']), when: { reached: ['true'] } }),
  field({ name: 'comment', kind: 'long_text', maxLength: 1000, when: { reached: ['true'] } }),
  field({ name: 'note', kind: 'long_text', maxLength: 1000 }),
];
export const DEED_FORMS = {
  change: [category, field({ name: 'urgency', kind: 'enum', ...must, choices: among(['normal', 'urgent']) }), field({ name: 'about_unit', kind: 'text', widget: 'organization' })],
  rectification: [
    field({ name: 'problem', kind: 'long_text', ...must, maxLength: 4000 }),
    field({ name: 'category', kind: 'enum', choices: among([
      'livelihood', 'infrastructure', 'village_affairs', 'conduct', 'safety_environment', 'venue', 'dues_finance', 'organization_life', 'member_management', 'leadership', 'petitions', 'institution', 'other',
    ]) }),
    field({ name: 'severity', kind: 'enum', ...must, choices: among(['general', 'important', 'major']), initial: 'general' }),
  ],
  split: [field({ name: 'parts', kind: 'list', ...must, item: field({ name: '', kind: 'object', ...must, fields: [content, category] }) })],
  merge: [field({ name: 'into_id', kind: 'text', ...must, widget: 'feedback' }), reason],
  desk: [field({ name: 'desk_id', kind: 'text', ...must, widget: 'organization' }), reason],
  lift: [field({ name: 'ids', kind: 'choices', ...must }), reason],
} satisfies Record<string, FormField[]>;
export type FeedbackDeed = keyof typeof DEED_FORMS;

/** The form of taking back whom a note was matched with: of several names each may be meant or not. */
export function liftForm(matched: readonly { id: string; name: string }[]): FormField[] {
  const choices = matched.map(({ id, name }) => ({ value: id, label: { 'zh-CN': name, en: name } }));
  return DEED_FORMS.lift.map((one) => (one.name === 'ids' ? { ...one, choices, initial: matched.length === 1 ? [matched[0]?.id] : null } : one));
}

export const BOX_FORM: FormField[] = [
  field({ name: 'organization_id', kind: 'text', ...must, widget: 'organization' }),
  field({ name: 'box_no', kind: 'text', ...must, maxLength: 32 }),
  field({ name: 'location', kind: 'text', ...must, maxLength: 200 }),
  field({ name: 'opened_at', kind: 'datetime', ...must }),
  field({ name: 'opener_b_id', kind: 'text', ...must, widget: 'colleague' }),
  field({ name: 'seal_no', kind: 'text', ...must, maxLength: 64 }),
  field({ name: 'seal_whole', kind: 'boolean', ...must }),
  field({ name: 'new_seal_no', kind: 'text', ...must, maxLength: 64 }),
  field({ name: 'slips', kind: 'integer', ...must, minimum: 0 }),
  field({ name: 'remark', kind: 'long_text', maxLength: 1000 }),
];
export const OBJECTION_FORM: FormField[] = [field({ name: 'objection', kind: 'long_text', ...must, maxLength: 1000 })];
export const BOX_COLUMNS: Column<BoxOpening>[] = [
  { key: 'opened_at', title: 'feedback.field.opened_at', width: '17%' },
  { key: 'box', title: 'feedback.field.box_no', width: '25%' },
  { key: 'openers', title: 'feedback.field.openers', width: '18%' },
  { key: 'seal', title: 'feedback.field.seal_whole', width: '18%' },
  { key: 'slips', title: 'feedback.field.slips', width: '22%' },
];

export const BATCH_KINDS = ['poster', 'opinion_card', 'satisfaction_card'] as const;
export const POSTER_FORM: FormField[] = [
  field({ name: 'organization_id', kind: 'text', ...must, widget: 'organization' }),
  field({ name: 'kind', kind: 'enum', ...must, choices: among(BATCH_KINDS), initial: 'poster' }),
  field({ name: 'window', kind: 'text', maxLength: 100 }),
  field({ name: 'count', kind: 'integer', ...must, minimum: 1, initial: 1 }),
];
export const BATCH_COLUMNS: Column<FeedbackBatch>[] = [
  { key: 'number', title: 'feedback.field.number', width: '18%', text: (row) => row.number, numeric: true },
  { key: 'organization', title: 'feedback.field.batch_place', width: '24%' },
  { key: 'kind', title: 'feedback.field.batch_kind', width: '14%' },
  { key: 'count', title: 'feedback.field.count', width: '14%' },
  { key: 'created_at', title: 'feedback.field.made', width: '30%' },
];

export const SEALED_COLUMNS: Column<SealedReport>[] = [
  { key: 'number', title: 'feedback.field.number', width: '20%', text: (row) => row.number, numeric: true },
  { key: 'organization', title: 'feedback.field.sealed_at', width: '24%', text: (row) => row.organization.name },
  { key: 'received_on', title: 'feedback.field.received_on', width: '16%' },
  { key: 'status', title: 'feedback.field.status', width: '22%' },
  { key: 'ways', title: 'feedback.field.ways', width: '18%' },
];
export const HANDING_FORM: FormField[] = [field({ name: 'to', kind: 'text', ...must, maxLength: 200 }), reason];
