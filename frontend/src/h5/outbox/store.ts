import type { CardBody, OpinionBody, Receipt } from '../types';

/** A picture as it will be sent: re-drawn on the phone, so that nothing of the camera is left in it. */
export interface Photo {
  name: string;
  bytes: ArrayBuffer;
}

export interface Common {
  /** Chosen when writing began; the server takes one letter of it, however often it is sent. */
  id: string;
  photos: Photo[];
  photosLost: number;
  tries: number;
  /** Milliseconds since 1970 before which it is not tried again by itself. */
  notBefore: number;
  refusal: { status: number; code: string; message: string } | null;
  receipt: Receipt | null;
  /** When the receipt was first on the screen; it is dropped a day later at the latest. */
  shownAt: number | null;
  /** The person has noted the code: nothing is kept once the photos have gone. */
  noted: boolean;
}

export type Parcel =
  | (Common & { kind: 'card'; body: CardBody | null })
  | (Common & { kind: 'opinion'; decision: string; title: string; body: OpinionBody | null });

/** What may change in a letter; its words only ever go. */
export type Change = Partial<Omit<Common, 'id'>> & { body?: null };

/** What a person chose to keep on this phone. */
export interface Kept extends Receipt {
  title: string;
}

/** Where drafts and letters lie. Each method happens wholly or not at all, also when the phone dies in the middle. */
export interface Store {
  parcels: () => Promise<Parcel[]>;
  /** Changes part of a letter and gives the whole; null when it is not there any more. */
  update: (id: string, change: Change) => Promise<Parcel | null>;
  drop: (id: string) => Promise<void>;
  /** The draft becomes a letter, in one step. */
  seal: (draft: string, parcel: Parcel) => Promise<void>;
  draft: <T>(key: string) => Promise<T | null>;
  keepDraft: (key: string, value: unknown) => Promise<void>;
  dropDraft: (key: string) => Promise<void>;
  kept: () => Promise<Kept[]>;
  keep: (kept: Kept) => Promise<void>;
  forget: (code: string) => Promise<void>;
}
