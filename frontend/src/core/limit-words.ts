import { daysBetween } from './format';

interface Words {
  key: string;
  count: number;
}

/** How a limit stands today, as the key of a text and its number. What is due today is not late: that day is still whole. */
export function limitWords(now: string, due: string): Words {
  const count = daysBetween(now, due);
  if (count === 0) return { key: 'home.due_today', count };
  return count > 0 ? { key: 'home.days_left', count } : { key: 'home.days_late', count: -count };
}
