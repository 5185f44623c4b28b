export type { components, paths } from 'guanbiao-client';
