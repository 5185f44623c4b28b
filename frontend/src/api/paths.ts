import type {
  Attachment, BranchStay, EventEntry, ImportPreview, ImportRun, Me, Member, Organization, Page, Task,
} from './types';
import type { ActBody, ActCheck, Decision, DecisionDraft, DecisionRow, Opinion, ProcedureDefinition } from './types-decision';

/** The routes of the contract in the form that openapi-fetch reads. */

type Json<T> = { content: { 'application/json': T } };
type None = Record<never, never>;
type Get<Answer, Path = None, Query = None> = {
  get: { parameters: { path: Path; query?: Query }; responses: { 200: Json<Answer> } };
};
type Post<Answer, Body, Path = None, Query = None> = {
  post: {
    parameters: { path: Path; query?: Query; header?: { 'If-Match'?: string } };
    requestBody: Json<Body>;
    responses: { 200: Json<Answer> };
  };
};
type Patch<Answer, Body, Path> = {
  patch: {
    parameters: { path: Path; header?: { 'If-Match'?: string } };
    requestBody: Json<Body>;
    responses: { 200: Json<Answer> };
  };
};

type ById = { id: string };
type Paging = { limit?: number; cursor?: string };
type OrganizationQuery = Paging & { parent_id?: string; kind?: string; status?: string; q?: string };
type MemberQuery = Paging & { organization_id?: string; status?: string; q?: string; is_mobile?: boolean; sex?: string };
type DecisionQuery = Paging & { organization_id?: string; status?: string; step?: string; q?: string; overdue?: boolean };
type Events = EventEntry[] | Page<EventEntry>;
type Change = Record<string, unknown>;

export interface paths {
  '/api/v1/me': Get<Me>;
  '/api/v1/me/tasks': Get<Page<Task>, None, Paging>;
  '/api/v1/organizations': Get<Page<Organization>, None, OrganizationQuery> & Post<Organization, Change>;
  '/api/v1/organizations/{id}': Get<Organization, ById> & Patch<Organization, Change, ById>;
  '/api/v1/organizations/{id}/move': Post<Organization, { parent_id: string; reason: string }, ById>;
  '/api/v1/organizations/{id}/merge': Post<Organization, { into_id: string; reason: string }, ById>;
  '/api/v1/organizations/{id}/dissolve': Post<Organization, { reason: string }, ById>;
  '/api/v1/organizations/{id}/events': Get<Events, ById>;
  '/api/v1/members': Get<Page<Member>, None, MemberQuery> & Post<Member, Change>;
  '/api/v1/members/{id}': Get<Member, ById> & Patch<Member, Change, ById>;
  '/api/v1/members/{id}/transfer': Post<Member, { organization_id: string; on: string; reason: string }, ById>;
  '/api/v1/members/{id}/unmask': Post<{ id_number?: string | null; phone?: string | null }, { fields: string[]; reason: string }, ById>;
  '/api/v1/members/{id}/branches': Get<BranchStay[] | Page<BranchStay>, ById>;
  '/api/v1/members/{id}/events': Get<Events, ById>;
  '/api/v1/imports': Get<Page<ImportRun>, None, Paging>;
  '/api/v1/imports/{id}': Get<ImportRun, ById>;
  '/api/v1/imports/{id}/preview': Get<ImportPreview, ById, Paging>;
  '/api/v1/imports/{id}/commit': Post<ImportRun, None, ById>;
  '/api/v1/imports/{id}/undo': Post<ImportRun, None, ById>;
  '/api/v1/attachments': Post<Attachment, None>;
  '/api/v1/procedures': Get<Page<ProcedureDefinition> | ProcedureDefinition[]>;
  '/api/v1/procedures/{key}': Get<ProcedureDefinition, { key: string }>;
  '/api/v1/decisions': Get<Page<DecisionRow>, None, DecisionQuery> & Post<Decision, DecisionDraft>;
  '/api/v1/decisions/{id}': Get<Decision, ById> & Patch<Decision, Change, ById>;
  '/api/v1/decisions/{id}/acts': Post<Decision | ActCheck, ActBody, ById, { dry_run?: boolean }>;
  '/api/v1/decisions/{id}/opinions': Get<Page<Opinion> | Opinion[], ById>
    & Post<Opinion, { channel: string; content: string; from_kind: string; from_name?: string }, ById>;
  '/api/v1/decisions/{id}/opinions/{opinion_id}': Patch<Opinion, { outcome: string; reason: string }, { id: string; opinion_id: string }>;
  '/api/v1/decisions/{id}/events': Get<Events, ById>;
  '/api/v1/demo': Get<{ demo: boolean; county?: string; accounts?: string[] }>;
  '/api/v1/demo/clock': Post<{ now: string }, { days: number }>;
}
