import type { components } from './schema';

/** The shapes of the contract under the names that pages and modules use. */

type Schemas = components['schemas'];

export interface Page<T> {
  items: T[];
  next_cursor: string | null;
}

export type Ref = Schemas['OrganizationRef'];
export type Me = Schemas['MeOut'];
export type Task = Schemas['TaskOut'];
export type Light = Task['light'];
export type Organization = Schemas['OrganizationOut'];
export type OrganizationDetail = Schemas['OrganizationDetail'];
export type OrganizationStatus = Schemas['OrganizationStatus'];
export type Member = Schemas['MemberOut'];
export type MemberDetail = Schemas['MemberDetail'];
export type MemberStatus = Schemas['MemberStatus'];
export type Sex = Schemas['Sex'];
export type ClearNumbers = Schemas['ClearNumbers'];
export type BranchStay = Schemas['BranchStay'];
export type EventEntry = Schemas['EventOut'];
export type Attachment = Schemas['AttachmentOut'];
export type Demo = Schemas['DemoOut'];
