import { day, daysBetween } from '@/core/format';

import { language, t } from '../words';

/** Until when opinions are asked for, `ends_on` included, as people say it. */
export function until(endsOn: string): string {
  const today = new Date().toISOString();
  return daysBetween(today, `${endsOn}T12:00:00+08:00`) <= 0 ? t('phone.news.today_last') : t('phone.news.until', { day: day(endsOn, language.value) });
}
