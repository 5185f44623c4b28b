import type { Member } from '@/api/types';
import type { Column } from '@/core/columns';
import { field } from '@/core/form-spec';
import type { FormField } from '@/core/schema-form';

export const MEMBER_STATUSES = [
  'applicant', 'activist', 'development_target', 'probationary', 'full', 'transferring', 'transferred_out', 'suspended',
  'removed', 'withdrawn', 'expelled', 'deceased',
] as const;

export const SEXES = ['male', 'female'] as const;

export const MEMBER_COLUMNS: Column<Member>[] = [
  { key: 'name', title: 'member.field.name', width: '14%' },
  { key: 'sex', title: 'member.field.sex', width: '8%' },
  { key: 'organization_name', title: 'member.field.organization_name', width: '26%', text: (row) => row.organization_name },
  { key: 'status', title: 'member.field.status', width: '14%' },
  { key: 'id_number', title: 'member.field.id_number', width: '20%', text: (row) => row.id_number ?? '', numeric: true },
  { key: 'joined_on', title: 'member.field.joined_on', width: '18%' },
];

export const MEMBER_FACTS: (keyof Member)[] = [
  'sex', 'ethnic_group', 'education', 'joined_on', 'confirmed_on', 'category', 'is_mobile', 'remark',
];

function choices(values: readonly string[]): FormField['choices'] {
  return values.map((value) => ({ value, label: {} }));
}

/** What an edit may change; texts are under `member.field.*`, the words of choices under `member.<field>.*`. */
export const MEMBER_FORM: FormField[] = [
  field({ name: 'name', kind: 'text', required: true, maxLength: 60 }),
  field({ name: 'sex', kind: 'enum', required: true, choices: choices(SEXES) }),
  field({ name: 'ethnic_group', kind: 'text' }),
  field({ name: 'education', kind: 'text' }),
  field({ name: 'native_place', kind: 'text' }),
  field({ name: 'joined_on', kind: 'date' }),
  field({ name: 'confirmed_on', kind: 'date' }),
  field({ name: 'status', kind: 'enum', choices: choices(MEMBER_STATUSES) }),
  field({ name: 'category', kind: 'text' }),
  field({ name: 'is_mobile', kind: 'boolean' }),
  field({ name: 'remark', kind: 'long_text' }),
];
