import type { components } from './schema';

type Schemas = components['schemas'];

export type FeedbackRow = Schemas['CardRow'];
export type FeedbackCard = Schemas['CardOut'];
export type FeedbackContact = Schemas['ContactOut'];
export type FeedbackEntry = Schemas['EntryIn'];
/** What became of one entry: its receipt, or why it was not taken in. */
export type EntryAnswer = Schemas['EntryOut'];
/** What whoever brought a card may follow it with; shown once. */
export type EntryReceipt = Schemas['ReceiptOut'];
export type CallBack = Schemas['CallBackIn'];
export type BoxOpening = Schemas['OpeningOut'];
export type NewBoxOpening = Schemas['OpeningIn'];
export type FeedbackBatch = Schemas['BatchOut'];
export type NewFeedbackBatch = Schemas['BatchIn'];
export type SealedReport = Schemas['SealedRow'];
/** A sealed report in clear: on the page of the officer who gave a reason, until that page is left. */
export type SealedText = Schemas['SealedOut'];
export type HandingOver = Schemas['HandingOverIn'];
/** What was done has taken the card out of one's own sight. */
export type Gone = Schemas['GoneOut'];
