import { day } from '@/core/format';

import { language, t } from '../words';

/** Until when opinions are asked for, `ends_on` included, as people say it; which day it is, the county's clock says. */
export function until(asked: { ends_on: string | null; last_day: boolean }): string {
  return asked.last_day ? t('phone.news.today_last') : t('phone.news.until', { day: day(asked.ends_on, language.value) });
}
