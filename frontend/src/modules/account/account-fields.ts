import type { Account, AccountDeed, AccountDetail, RoleGrant } from '@/api/types-account';
import type { Column } from '@/core/columns';
import { field } from '@/core/form-spec';
import type { FormField } from '@/core/schema-form';

export const ACCOUNT_STATES = ['invited', 'active', 'suspended', 'closed'] as const;

export const ROLES = [
  'county_admin', 'township_admin', 'secretary', 'clerk', 'supervisor', 'discipline_officer', 'legal_reviewer', 'inspector', 'member',
  'system_admin', 'security_admin', 'audit_admin', 'platform_admin',
] as const;

export const ACCOUNT_COLUMNS: Column<Account>[] = [
  { key: 'name', title: 'account.field.name', width: '11%' },
  { key: 'username', title: 'account.field.username', width: '21%', text: (row) => row.username },
  { key: 'organization', title: 'account.field.organization', width: '21%' },
  { key: 'roles', title: 'account.field.roles', width: '22%' },
  { key: 'state', title: 'account.field.state', width: '12%' },
  { key: 'last_used_on', title: 'account.field.last_used_on', width: '13%' },
];

/** How a state is coloured: only what is in use is green, and what is over for good is quiet. */
export const STATE_TAG: Record<Account['state'], string> = { invited: 'tag--blue', active: 'tag--good', suspended: 'tag--warn', closed: '' };

const reason = field({ name: 'reason', kind: 'long_text', required: true, maxLength: 400 });

export const ACCOUNT_FORM: FormField[] = [
  field({ name: 'name', kind: 'text', required: true, maxLength: 100 }),
  field({ name: 'username', kind: 'text', required: true, maxLength: 64 }),
  field({ name: 'organization_id', kind: 'text', required: true, widget: 'organization' }),
];

export type PlainDeed = Extract<AccountDeed, 'suspend' | 'resume' | 'move' | 'close' | 'end_sessions' | 'reset_second_step'>;

export const DEED_FORMS: Record<PlainDeed, FormField[]> = {
  suspend: [reason],
  resume: [reason],
  move: [field({ name: 'organization_id', kind: 'text', required: true, widget: 'organization' }), reason],
  close: [reason],
  end_sessions: [reason],
  reset_second_step: [reason],
};

/** What is written when a code is released: how the person was recognised. */
export const RELEASE_FORM: FormField[] = [reason];

export const isPlain = (deed: AccountDeed): deed is PlainDeed => deed in DEED_FORMS;

export const GRANT_END_FORM: FormField[] = [field({ name: 'ends_on', kind: 'date' }), reason];

export function grantForm(roles: { role: string; title: string }[], language: string): FormField[] {
  return [
    field({ name: 'role', kind: 'enum', required: true, choices: roles.map(({ role, title }) => ({ value: role, label: { [language]: title } })) }),
    field({ name: 'organization_id', kind: 'text', widget: 'organization' }),
    field({ name: 'starts_on', kind: 'date' }),
    field({ name: 'ends_on', kind: 'date' }),
    reason,
  ];
}

export const HANDOVER_FORM: FormField[] = [field({ name: 'successor_id', kind: 'text', required: true, widget: 'account' }), reason];

export const AWAY_FORM: FormField[] = [
  field({ name: 'to_id', kind: 'text', required: true, widget: 'colleague' }),
  field({ name: 'starts_on', kind: 'date' }),
  field({ name: 'ends_on', kind: 'date' }),
  reason,
];

export const END_AWAY_FORM: FormField[] = [reason];

/** Roles that hold or will, before those that are over. */
export function sortedGrants(account: AccountDetail, now: string): { held: RoleGrant[]; over: RoleGrant[] } {
  const isOver = (grant: RoleGrant): boolean => !grant.in_force && grant.starts_at <= now;
  return { held: account.grants.filter((grant) => !isOver(grant)), over: account.grants.filter(isOver) };
}
