import type { components } from '@/api/schema';

/** What the public routes take and answer, under the names of these pages; types alone weigh nothing. */

type Schemas = components['schemas'];

export const CATEGORIES = [
  'roads', 'drainage', 'lamps', 'refuse', 'utilities', 'elder_care', 'allowances', 'fund_disclosure', 'land_house', 'attitude', 'meeting_records', 'other',
] as const;
export type Category = (typeof CATEGORIES)[number];

export const WISHES = ['action', 'answer', 'praise', 'complaint', 'misconduct'] as const satisfies Schemas['CardWish'][];
export type Wish = (typeof WISHES)[number];

export const VOICES = ['resident', 'member', 'organization'] as const satisfies Schemas['PublicOpinion']['from_kind'][];
export type Voice = (typeof VOICES)[number];

export type CardBody = Omit<Required<Schemas['CardIn']>, 'location_text' | 'opinion' | 'category'> & { category: Category };
export type OpinionBody = Schemas['PublicOpinion'];
/** What the sender follows the card with; the server shows it to nobody else and never again. */
export type Receipt = Schemas['ReceiptOut'];
export type Case = Schemas['TrackedOut'];
/** A part of a card that is handled on its own, with an answer of its own. */
export type CasePart = Pick<Schemas['TrackedPart'], 'number' | 'category' | 'public_reply' | 'replied_on' | 'can_rate'>;
export type Place = Schemas['PlaceOut'];
export type OpenDecision = Schemas['OpenDecision'];
export type Publications = Schemas['Publications'];
export type DecisionText = Schemas['PublicText'];

/** A step as `StepTrail` draws it; `state` is the engine's word. */
export interface TrailStep {
  title: string;
  state: string;
  day: string | null;
}
