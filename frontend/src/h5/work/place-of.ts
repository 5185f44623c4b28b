/** Where the phone shows a matter. Decisions are worked on at the desk, whose pages fit a phone too. */
export function placeOf(kind: string, id: string): string {
  if (kind.startsWith('rectification')) return `/m/work/rectification/${id}`;
  if (kind === 'audit') return '/audit/seals';
  if (kind === 'account_own') return '/security';
  if (kind === 'account') return `/accounts/${id}`;
  if (kind.startsWith('feedback')) return `/m/work/feedback/${id}`;
  return `/decisions/${id}`;
}
