import { useQueryClient } from '@tanstack/vue-query';

import { client, ifMatch, need } from '@/api/client';
import { download } from '@/api/transfer';
import type { BoxOpening, FeedbackBatch, HandingOver, NewBoxOpening, NewFeedbackBatch, SealedReport, SealedText } from '@/api/types-feedback';
import { useAction, type Action } from '@/core/use-action';
import { usePages, type Pages } from '@/core/use-pages';

export function useBoxOpenings(): Pages<BoxOpening> {
  return usePages<BoxOpening>(['feedback', 'boxes'], (cursor) => need(client.GET('/api/v1/box-openings', { params: { query: { cursor, limit: 50 } } })));
}

/** The openings that wait for one's own word as their second opener. */
export function useOwnOpenings(): Pages<BoxOpening> {
  return usePages<BoxOpening>(['feedback', 'boxes', 'own'], (cursor) => need(client.GET('/api/v1/me/box-openings', { params: { query: { cursor, limit: 50 } } })));
}

export function useBatches(enabled = true): Pages<FeedbackBatch> {
  return usePages<FeedbackBatch>(['feedback', 'batches'], (cursor) => need(client.GET('/api/v1/feedback-batches', { params: { query: { cursor, limit: 50 } } })), enabled);
}

export function useSealedReports(): Pages<SealedReport> {
  return usePages<SealedReport>(['feedback', 'sealed'], (cursor) => need(client.GET('/api/v1/sealed-reports', { params: { query: { cursor, limit: 50 } } })));
}

/** Something done at a door; the lists of all doors are read again after it. */
function useDoor<A extends unknown[], R>(work: (...args: A) => Promise<R>): Action<A, R> {
  const queries = useQueryClient();
  return useAction(async (...args: A) => {
    const answer = await work(...args);
    await queries.invalidateQueries({ queryKey: ['feedback'] });
    return answer;
  });
}

export const useBoxRecord = (): Action<[NewBoxOpening], BoxOpening> => useDoor((body) => need(client.POST('/api/v1/box-openings', { body })));

/** Without an objection it is confirmed. */
export const useBoxAnswer = (): Action<[BoxOpening, string?], BoxOpening> =>
  useDoor(({ id }, objection = '') => need(client.POST('/api/v1/box-openings/{id}/confirmation', { params: { path: { id } }, body: { confirmed: objection === '', objection } })));

export const useBatchMaking = (): Action<[NewFeedbackBatch], FeedbackBatch> => useDoor((body) => need(client.POST('/api/v1/feedback-batches', { body })));

/** A report in clear, for a reason. The answer stays in the caller's hands. */
export const useSealedReading = (): Action<[SealedReport, string], SealedText> =>
  useDoor(({ id }, reason) => need(client.POST('/api/v1/sealed-reports/{id}/reading', { params: { path: { id } }, body: { reason } })));

export const useHandingOver = (): Action<[SealedReport, HandingOver], SealedReport> =>
  useDoor(({ id, version }, body) => need(client.POST('/api/v1/sealed-reports/{id}/handing-over', { params: { path: { id }, header: ifMatch(version) }, body })));

export const downloadPoster = (id: string, number: string, size: 'a4' | 'a6'): Promise<void> =>
  download(`/api/v1/feedback-batches/${id}/poster.pdf?size=${size}`, `${number}-${size}.pdf`);
