interface Done {
  actor: { name: string } | null;
  on_behalf_of: { name: string } | null;
}

/** Who did it, and for whom: 张三（代李四）. */
export function actorWords({ actor, on_behalf_of: absent }: Done, t: (key: string, values: Record<string, string>) => string): string {
  const name = actor?.name ?? '';
  return absent ? t('events.for_another', { name, absent: absent.name }) : name;
}
