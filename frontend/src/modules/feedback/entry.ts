import type { CallBack, EntryAnswer, FeedbackEntry } from '@/api/types-feedback';
import type { Problem } from '@/api/refusal';
import { randomId } from '@/core/random-id';
import { toRecord, type Draft, type FormField } from '@/core/schema-form';

import { BATCH_FORM, CALL_FORM } from './feedback-fields';

/** A paper on the desk: what it says, and the id by which sending it twice is sending it once. */
export interface Paper {
  submission: string;
  card: Draft;
}

export function newPaper(card: Draft): Paper {
  return { submission: randomId(), card };
}

function entry(submission: string, record: Record<string, unknown>): FeedbackEntry {
  const { about_unit, opinion, ...rest } = record;
  const whole: unknown = {
    submission_id: submission, ...rest,
    ...(about_unit ? { about: { organization_ids: [about_unit] } } : {}),
    ...(opinion ? { opinion: Number(opinion) } : {}),
  };
  // What is missing stays missing: the server says at which card and which field.
  return whole as FeedbackEntry;
}

/** The entries that are sent: what all papers share, with what each says. */
export function entriesOf(shared: Draft, papers: Paper[], form: FormField[], more: Record<string, unknown> = {}): FeedbackEntry[] {
  const same = toRecord(BATCH_FORM, shared);
  return papers.map(({ submission, card }) => entry(submission, { ...same, ...more, ...toRecord(form, card) }));
}

/** A call as one entry: it began, it ended, and what was said. Nobody types the time. */
export function callEntry({ submission, card }: Paper, startedAt: Date, endedAt: Date): FeedbackEntry {
  const call = { started_at: startedAt.toISOString(), ended_at: endedAt.toISOString() };
  return entry(submission, { ...toRecord(CALL_FORM, card), channel: 'hotline', call });
}

/** What the server said of single entries, as problems of the whole that was sent. */
export function problemsOf(answers: EntryAnswer[]): Problem[] {
  return answers.flatMap(({ problems }, at) => problems.map((one) => ({ ...one, pointer: `/entries/${at}${one.pointer}` })));
}

/** A call back that was just made; it began as many minutes ago as it lasted. */
export function callBack(record: Record<string, unknown>, now: string): CallBack {
  const { minutes, grade, ...rest } = record;
  const started_at = new Date(new Date(now).getTime() - Number(minutes ?? 0) * 60_000).toISOString();
  const call: unknown = { ...rest, started_at, ended_at: new Date(now).toISOString(), ...(grade === undefined ? {} : { grade: Number(grade) }) };
  return call as CallBack;
}

/** 75 seconds as 1:15. */
export function clock(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, '0')}`;
}
