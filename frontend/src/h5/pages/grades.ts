import { t } from '../words';

/** The word of a grade, 5 the best. */
const WORDS: Record<number, string> = { 1: 'a', 2: 'b', 3: 'c', 4: 'd', 5: 'e' };

export const gradeWord = (grade: number): string => t(`phone.track.grades.${WORDS[grade] ?? 'c'}`);
