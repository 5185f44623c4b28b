/** Where the desk shows a matter, by the kind that tasks, notices and events call it. */
export function placeOf(kind: string, id: string): string {
  if (kind.startsWith('rectification')) return `/rectifications/${id}`;
  if (kind === 'audit') return '/audit/seals';
  if (kind === 'mapping') return '/mappings';
  if (kind === 'account_own') return '/security';
  if (kind === 'client') return `/partners/${id}`;
  if (kind === 'account') return `/accounts/${id}`;
  if (kind.startsWith('feedback')) return `/feedback/${id}`;
  return `/decisions/${id}`;
}
