/** Which figures the page shows, in which order, how wide, and by what they are drawn. */

export type Drawing = 'chart' | 'heat' | 'tiles';

export interface FigureCard {
  key: FigureKey;
  /** Columns of twelve that the card takes on a desk. */
  span: number;
  drawing: Drawing;
}

export type FigureKey =
  | 'open_by_age_and_source'
  | 'funnel'
  | 'on_time_rate'
  | 'response_time'
  | 'satisfaction'
  | 'unit_by_category'
  | 'burn_down'
  | 'lights'
  | 'feedback_by_channel_and_category'
  | 'units_without';

export interface FigureGroup {
  key: 'rectification' | 'feedback' | 'unit';
  cards: FigureCard[];
}

export const FIGURE_GROUPS: FigureGroup[] = [
  {
    key: 'rectification',
    cards: [
      { key: 'burn_down', span: 7, drawing: 'chart' },
      { key: 'funnel', span: 5, drawing: 'chart' },
      { key: 'lights', span: 6, drawing: 'chart' },
      { key: 'open_by_age_and_source', span: 6, drawing: 'chart' },
      { key: 'unit_by_category', span: 12, drawing: 'heat' },
      { key: 'on_time_rate', span: 12, drawing: 'chart' },
    ],
  },
  {
    key: 'feedback',
    cards: [
      { key: 'response_time', span: 7, drawing: 'chart' },
      { key: 'satisfaction', span: 5, drawing: 'chart' },
      { key: 'feedback_by_channel_and_category', span: 12, drawing: 'heat' },
    ],
  },
  { key: 'unit', cards: [{ key: 'units_without', span: 12, drawing: 'tiles' }] },
];

/** The numbers that stand above all: one of each of these figures. */
export const HEADLINES: { figure: FigureKey; fact: string; tone?: 'bad' }[] = [
  { figure: 'burn_down', fact: 'open' },
  { figure: 'lights', fact: 'red', tone: 'bad' },
  { figure: 'on_time_rate', fact: 'rate' },
  { figure: 'response_time', fact: 'p50' },
  { figure: 'satisfaction', fact: 'satisfied' },
  { figure: 'units_without', fact: 'nothing_sent' },
];
