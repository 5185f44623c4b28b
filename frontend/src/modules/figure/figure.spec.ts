import { describe, expect, it } from 'vitest';

import type { Figure, FigureColumn, FigureFact } from '@/api/types-figure';

import { chartOf, isEmpty, type Look } from './charts';
import { FIGURE_GROUPS, HEADLINES } from './figure-cards';
import { cellText, factText, intervalText } from './figure-format';
import { heatOf } from './figure-heat';
import { daysOf, spanOf } from './figure-period';

const UNTOLD = { few: '少于10', sum: '不列' };
const LOOK: Look = {
  ink: '#111', soft: '#555', line: '#ddd', sheet: '#fff', quiet: '#eee', jade: '#175', good: '#262', warn: '#a83', bad: '#922', blue: '#26a', grey: '#999',
  ages: ['#1', '#2', '#3', '#4', '#5'], grades: ['#a', '#b', '#c', '#d', '#e'], font: 'serif', language: 'zh-CN', few: '少于10', width: 640, animate: false,
};

function column(key: string, kind: FigureColumn['kind'] = 'count'): FigureColumn {
  return { key, title: `题 ${key}`, kind };
}

function fact(value: number | null, kind: FigureFact['kind'], low: number | null = null, high: number | null = null): FigureFact {
  return { key: 'x', title: 'x', value, kind, low, high };
}

function figure(key: string, columns: FigureColumn[], rows: Figure['rows'], more: Partial<Figure> = {}): Figure {
  return {
    key, about: 'rectification', timed: false, title: '题', definition: '', formula: '', unit: '件', source: '', organization: { id: 'o', name: '镇' }, period: null,
    drawn_at: '2026-06-30T02:00:00Z', n: 10, facts: [], columns, rows, lines: [], coverage: null, suppressed: false, notes: [], ...more,
  };
}

interface Series { type: string; data: unknown[]; itemStyle?: { color?: string; decal?: object }; markLine?: { data: unknown[] } }

function seriesOf(one: Figure, look = LOOK): Series[] {
  const series = chartOf(one, look)?.option.series;
  return Array.isArray(series) ? series : [];
}

describe('a chart', () => {
  const ages = figure('open_by_age_and_source', [column('source', 'label'), column('days_7'), column('days_30'), column('total')], [
    { key: 'audit', source: '审计', days_7: 3, days_30: 1, total: 4 },
    { key: 'feedback', source: '群众反映', days_7: 0, days_30: 2, total: 2 },
  ]);

  it('stacks every column of counts but the sum, each with a colour and a pattern of its own', () => {
    const bars = seriesOf(ages).slice(0, -1);
    expect(bars.map((one) => one.data)).toEqual([[3, 0], [1, 2]]);
    expect(new Set(bars.map((one) => one.itemStyle?.color)).size).toBe(2);
    expect(new Set(bars.map((one) => JSON.stringify(one.itemStyle?.decal))).size).toBe(2);
  });

  it('grows with its rows and never moves for those who want no motion', () => {
    const longer = { ...ages, rows: Array.from({ length: 20 }, (_, place) => ({ ...ages.rows[0], key: String(place) })) };
    expect(chartOf(longer, LOOK)?.height).toBeGreaterThan(chartOf(ages, LOOK)?.height ?? 0);
    expect(chartOf(ages, LOOK)?.option.animation).toBe(false);
  });

  it('gives the legend as many lines as it needs', () => {
    const top = (width: number): number => Number((chartOf(ages, { ...LOOK, width })?.option.grid as { top: number }).top);
    expect(top(120)).toBeGreaterThan(top(640));
  });

  it('keeps names of units out of markup', () => {
    for (const key of ['open_by_age_and_source', 'lights', 'burn_down']) {
      expect(chartOf({ ...ages, key }, LOOK)?.option.tooltip).toMatchObject({ renderMode: 'richText' });
    }
  });

  it('draws closed items downwards and the heap from what is told', () => {
    const heap = figure('burn_down', ['from', 'opened', 'closed', 'open'].map((key) => column(key)), [
      { key: 'a', from: '2026-06-01', opened: 4, closed: 1, open: 9 },
      { key: 'b', from: '2026-06-02', opened: 0, closed: 5, open: 4 },
    ]);
    expect(seriesOf(heap).map((one) => one.data)).toEqual([[9, 4], [4, 0], [-1, -5]]);
  });

  it('climbs from nothing to the last stretch, with a line for every limit', () => {
    const curve = figure('response_time', [column('last', 'days'), column('share', 'share')], [{ key: '2', last: 2, share: 0.5 }, { key: '6', last: 6, share: 1 }], { lines: [{ at: 5, title: '5天' }, { at: 15, title: '15天' }] });
    const [line] = seriesOf(curve);
    expect(line?.data).toEqual([[0, 0], [2, 0.5], [6, 1], [20, 1]]);
    expect(line?.markLine?.data).toHaveLength(2);
  });

  it('shows a rate as a dot within its interval', () => {
    const rates = figure('on_time_rate', [column('unit', 'label'), column('rate', 'share')], [{ key: 'a', unit: '甲镇', closed: 20, rate: 0.75, low: 0.5, high: 0.9, band: '合格' }]);
    const [from, span, dot] = seriesOf(rates);
    expect(from?.data).toEqual([0.5]);
    expect(span?.data[0]).toBeCloseTo(0.4);
    expect(dot?.data).toEqual([[0.75, 0]]);
  });

  it('gives every grade its own colour, put together or not, and no bar to those who gave none', () => {
    const ratings = figure('satisfaction', [column('grade', 'label'), column('count')], [
      { key: '5', grade: '很满意', count: 20, share: 0.6, low: 0.4, high: 0.8 },
      { key: '4-1', grade: '满意 – 很不满意', count: 13, share: 0.4, low: 0.2, high: 0.6 },
      { key: 'unrated', grade: '未评价', count: null, share: null, low: null, high: null },
    ]);
    const [bars] = seriesOf(ratings);
    const items = bars?.data as { value: number; itemStyle: { color: string } }[];
    expect(items.map((one) => [one.value, one.itemStyle.color])).toEqual([[0.6, '#a'], [0.4, '#b'], [0, '#999']]);
  });

  it('is there for every card that says so, and for nothing else', () => {
    for (const card of FIGURE_GROUPS.flatMap((group) => group.cards)) {
      const one = figure(card.key, [column('unit', 'label')], [{ key: 'a', unit: '甲镇' }]);
      expect([card.key, chartOf(one, LOOK) !== null]).toEqual([card.key, card.drawing === 'chart']);
    }
    expect(HEADLINES.every((one) => FIGURE_GROUPS.some((group) => group.cards.some((card) => card.key === one.figure)))).toBe(true);
  });

  it('is empty without rows or cases; units without records are no emptiness', () => {
    expect(isEmpty({ ...ages, rows: [] })).toBe(true);
    expect(isEmpty({ ...ages, n: 0 })).toBe(true);
    expect(isEmpty({ ...ages, n: null })).toBe(false);
    expect(isEmpty({ ...ages, key: 'units_without', n: 0 })).toBe(false);
  });
});

describe('a cell', () => {
  it('says that a count is not told, and never shows it as nothing', () => {
    expect(cellText(column('roads'), { roads: null }, 'zh-CN', UNTOLD)).toBe('少于10');
    expect(cellText(column('total'), { total: null }, 'zh-CN', UNTOLD)).toBe('不列');
    expect(cellText(column('roads'), { roads: 0 }, 'zh-CN', UNTOLD)).toBe('0');
    expect(cellText(column('rate', 'share'), { rate: null }, 'zh-CN', UNTOLD)).toBe('—');
  });

  it('reads each kind as people do', () => {
    expect(cellText(column('rate', 'share'), { rate: 0.756 }, 'zh-CN', UNTOLD)).toBe('75.6%');
    expect(cellText(column('median', 'days'), { median: 6 }, 'zh-CN', UNTOLD)).toBe('6');
    expect(cellText(column('sent_on', 'day'), { sent_on: '2026-06-30' }, 'zh-CN', UNTOLD)).toBe('2026-06-30');
    expect(factText(fact(0.75, 'share', 0.5, 0.9), 'zh-CN', UNTOLD)).toBe('75%');
    expect(intervalText(fact(0.75, 'share', 0.5, 0.9), 'zh-CN')).toBe('50% – 90%');
    expect([factText(fact(null, 'count'), 'zh-CN', UNTOLD), factText(fact(null, 'days'), 'zh-CN', UNTOLD)]).toEqual(['少于10', '—']);
    expect(intervalText(fact(3, 'count'), 'zh-CN')).toBe('');
  });

  it('is deep by its share of the most, and hatched when hidden', () => {
    expect([0, 1, 5, 10].map((value) => heatOf(value, 10).step)).toEqual([0, 1, 3, 5]);
    expect(heatOf(null, 10)).toEqual({ step: 0, hidden: true });
  });
});

describe('a period', () => {
  const today = '2026-03-01T16:30:00Z';

  it('ends today as the county counts its days', () => {
    expect(daysOf({ span: '30' }, today)).toEqual({ from: '2026-02-01', to: '2026-03-02' });
    expect(daysOf({ span: 'year' }, today)).toEqual({ from: '2026-01-01', to: '2026-03-02' });
    expect(daysOf({}, today).from).toBe('2025-09-04');
  });

  it('is what a person says, and what is left out is left to the server', () => {
    expect(daysOf({ span: 'own', from: '2026-01-05', to: '' }, today)).toEqual({ from: '2026-01-05', to: undefined });
    expect(spanOf({ span: 'nonsense' })).toBe('180');
  });
});
