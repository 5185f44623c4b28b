import type { paths as generated } from './schema';
import type { Page } from './types';
import type { ImportPreview, ImportRun } from './types-import';

type Json<T> = { content: { 'application/json': T } };
type ById = { path: { id: string } };
type Paging = { query?: { limit?: number; cursor?: string } };

interface ImportPaths {
  '/api/v1/imports': { get: { parameters: Paging; responses: { 200: Json<Page<ImportRun>> } } };
  '/api/v1/imports/{id}': { get: { parameters: ById; responses: { 200: Json<ImportRun> } } };
  '/api/v1/imports/{id}/preview': { get: { parameters: ById & Paging; responses: { 200: Json<ImportPreview> } } };
  '/api/v1/imports/{id}/commit': { post: { parameters: ById; responses: { 200: Json<ImportRun> } } };
  '/api/v1/imports/{id}/undo': { post: { parameters: ById; responses: { 200: Json<ImportRun> } } };
}

export type paths = Omit<generated, keyof ImportPaths> & ImportPaths;
