/** Days and moments as people in the county read them: Asia/Shanghai, whatever the browser's own zone. */
const ZONE = 'Asia/Shanghai';

function moment(value: string | null | undefined): Date | null {
  if (!value) return null;
  const date = new Date(value.length === 10 ? `${value}T00:00:00+08:00` : value);
  return Number.isNaN(date.getTime()) ? null : date;
}

export function day(value: string | null | undefined, language: string): string {
  const date = moment(value);
  if (date === null) return '';
  const form: Intl.DateTimeFormatOptions = language === 'en'
    ? { day: 'numeric', month: 'short', year: 'numeric' }
    : { day: 'numeric', month: 'long', year: 'numeric' };
  return new Intl.DateTimeFormat(language, { ...form, timeZone: ZONE }).format(date);
}

export function dayAndTime(value: string | null | undefined, language: string): string {
  const date = moment(value);
  if (date === null) return '';
  const time = new Intl.DateTimeFormat(language, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone: ZONE });
  return `${day(value, language)} ${time.format(date)}`;
}

/** The hour and minute of a moment: 09:05. */
export function clock(value: string): string {
  return new Intl.DateTimeFormat('sv-SE', { hour: '2-digit', minute: '2-digit', timeZone: ZONE }).format(new Date(value));
}

/** A day with its name in the week. */
export function dayOfWeek(value: string, language: string): string {
  const date = moment(value);
  if (date === null) return '';
  const form: Intl.DateTimeFormatOptions = { weekday: language === 'en' ? 'short' : 'long', timeZone: ZONE };
  return `${day(value, language)} ${new Intl.DateTimeFormat(language, form).format(date)}`;
}

/** A day short enough for a table's cell: 2026-11-20. */
export function shortDay(value: string | null | undefined): string {
  const date = moment(value);
  return date === null ? '' : isoDay(date.toISOString());
}

/** The day of a moment in Asia/Shanghai as YYYY-MM-DD. */
export function isoDay(value: string): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone: ZONE }).format(new Date(value));
}

/** The last day that belongs to a time ending at 24:00, short enough for a table's cell. */
export function lastDay(end: string): string {
  return isoDay(new Date(Date.parse(end) - 1).toISOString());
}

/** Whole days from one moment to another, by the calendar of Asia/Shanghai; negative when `to` is earlier. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(isoDay(to)) - Date.parse(isoDay(from))) / 86_400_000);
}

export function fileSize(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 * 1024) return `${(bytes / 1024).toFixed(0)} KB`;
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

/** The first and last four letters of a hash: enough to compare by eye, with the whole in a title. */
export function shortHash(hash: string | null | undefined): string {
  return hash ? `${hash.slice(0, 8)}…${hash.slice(-4)}` : '';
}
