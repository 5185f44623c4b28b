import type { components } from './schema';

type Schemas = components['schemas'];

/** A field that partners have words of their own for; `choices` null where an organisation is meant. */
export type CodedField = Schemas['FieldOut'];
/** A code that nobody has mapped, with how many records wait for it. */
export type UnknownCode = Schemas['UnknownOut'];
export type CodeMapping = Schemas['MappingOut'];
export type NewMapping = Schemas['MappingIn'];
/** A record of a partner's that has not come in yet; nothing of what it says. */
export type WaitingRecord = Schemas['WaitingOut'];
