import type { components } from './schema';

export type Notice = components['schemas']['NoticeOut'];
export type NoticeDay = components['schemas']['NoticeDay'];
