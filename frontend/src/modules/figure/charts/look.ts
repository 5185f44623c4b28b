import type { Figure, FigureRow } from '@/api/types-figure';

/** What a chart is painted with: the colours of the page as it looks now. */
export interface Look {
  ink: string;
  soft: string;
  line: string;
  sheet: string;
  quiet: string;
  jade: string;
  good: string;
  warn: string;
  bad: string;
  blue: string;
  grey: string;
  /** From young to old. */
  ages: string[];
  /** From best to worst. */
  grades: string[];
  font: string;
  language: string;
  /** What stands for a number of fewer than ten. */
  few: string;
  /** Pixels that there are from side to side. */
  width: number;
  animate: boolean;
}

/** An option of the chart library, as plain data: this floor knows the shape, not the library. */
export type Option = Record<string, unknown>;

export interface Chart {
  option: Option;
  /** Pixels; the width is that of the card. */
  height: number;
}

export function value(row: FigureRow, key: string): number | null {
  const found = row[key];
  return typeof found === 'number' ? found : null;
}

export function label(row: FigureRow, key: string): string {
  return String(row[key] ?? '');
}

export function titleOf(figure: Figure, key: string): string {
  return figure.columns.find((column) => column.key === key)?.title ?? key;
}

/** A pattern over a colour, so that areas are told apart without it. */
export function decal(place: number, look: Look): Option | undefined {
  const patterns: Option[] = [
    { symbol: 'none' },
    { symbol: 'rect', dashArrayX: [1, 0], dashArrayY: [2, 5], rotation: Math.PI / 4 },
    { symbol: 'circle', symbolSize: 0.55, dashArrayX: [[6, 6], [0, 6, 6, 0]], dashArrayY: [6, 0] },
    { symbol: 'rect', dashArrayX: [1, 0], dashArrayY: [2, 6], rotation: -Math.PI / 4 },
    { symbol: 'rect', dashArrayX: [1, 0], dashArrayY: [2, 4], rotation: 0 },
  ];
  return { ...patterns[place % patterns.length], color: look.sheet, opacity: 0.4 };
}

export function base(look: Look): Option {
  return {
    animation: look.animate,
    animationDuration: 450,
    textStyle: { fontFamily: look.font, color: look.ink },
    aria: { enabled: true },
    tooltip: tooltip(look),
  };
}

/** Drawn within the picture: what a unit is called can never become markup. */
export function tooltip(look: Look): Option {
  return {
    trigger: 'axis',
    renderMode: 'richText',
    confine: true,
    axisPointer: { type: 'shadow', shadowStyle: { color: look.quiet, opacity: 0.5 } },
    backgroundColor: look.sheet,
    borderColor: look.line,
    textStyle: { color: look.ink, fontFamily: look.font, fontSize: 13 },
  };
}

const LEGEND_GAP = 16;
const LEGEND_MARK = 21;

/** About how wide a text is; the library's own measure would move axes after lines and marks have been placed. */
export function width(text: string): number {
  return [...text].reduce((sum, letter) => sum + (letter.charCodeAt(0) > 0x2e80 ? 13 : 7.2), 0);
}

export function legend(look: Look, names?: string[]): Option {
  return { top: 0, left: 0, padding: 0, itemGap: LEGEND_GAP, itemWidth: 16, itemHeight: 12, data: names, textStyle: { color: look.soft, fontSize: 13, fontFamily: look.font } };
}

/** Pixels that a legend takes, in as many lines as it needs. */
export function legendHeight(look: Look, names: string[]): number {
  let lines = 1;
  let used = 0;
  for (const name of names) {
    const wanted = LEGEND_MARK + width(name) + LEGEND_GAP;
    if (used > 0 && used + wanted > look.width) {
      lines += 1;
      used = 0;
    }
    used += wanted;
  }
  return lines * 30;
}

/** Room for the names of rows: as much as the longest needs, at most a third of the card. */
export function gutter(look: Look, all: string[]): number {
  return Math.min(Math.max(40, ...all.map(width)), look.width / 3) + 12;
}

export function names(look: Look, all: string[]): Option {
  return {
    type: 'category',
    inverse: true,
    data: all,
    axisTick: { show: false },
    axisLine: { lineStyle: { color: look.line } },
    axisLabel: { color: look.ink, fontSize: 13, lineHeight: 16, width: gutter(look, all) - 10, overflow: 'break' },
  };
}

export function amounts(look: Look, more: Option = {}): Option {
  return {
    type: 'value',
    minInterval: 1,
    axisLabel: { color: look.soft, fontSize: 12 },
    splitLine: { lineStyle: { color: look.line, type: 'dashed' } },
    ...more,
  };
}
