export { asRefusal, Refusal, refusalFrom } from 'guanbiao-client';
export type { Problem } from 'guanbiao-client';
