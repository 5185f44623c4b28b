import type { Organization } from '@/api/types';
import { field } from '@/core/form-spec';
import type { FormField } from '@/core/schema-form';

export const ORGANIZATION_KINDS = [
  'county_committee', 'county', 'township_committee', 'township', 'office', 'management_district', 'village', 'community',
  'party_branch', 'joint_branch', 'provisional_branch', 'general_branch', 'party_group', 'enterprise', 'enterprise_committee',
  'primary_committee', 'supervision_committee', 'social_organization', 'school', 'collective_economic_organization',
] as const;

const kind = field({
  name: 'kind', kind: 'enum', required: true, choices: ORGANIZATION_KINDS.map((value) => ({ value, label: {} })),
});
const details: FormField[] = [
  field({ name: 'short_name', kind: 'text', maxLength: 40 }),
  field({ name: 'region_code', kind: 'text', maxLength: 12 }),
  field({ name: 'credit_code', kind: 'text', maxLength: 18 }),
  field({ name: 'founded_on', kind: 'date' }),
  field({ name: 'term_starts_on', kind: 'date' }),
  field({ name: 'term_ends_on', kind: 'date' }),
];
const name = field({ name: 'name', kind: 'text', required: true, maxLength: 120 });

/** What is asked for each deed; texts are under `organization.field.*`. */
export const ORGANIZATION_FORMS: Record<'create' | 'edit', FormField[]> = {
  create: [kind, name, ...details],
  edit: [name, ...details],
};

/** The facts of an organisation's page, in reading order. */
export const ORGANIZATION_FACTS: (keyof Organization)[] = [
  'short_name', 'region_code', 'credit_code', 'founded_on', 'term_starts_on', 'term_ends_on', 'valid_from', 'valid_to',
];
