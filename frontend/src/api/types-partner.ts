import type { components } from './schema';

/** The shapes of partners' programs and of what they are told by webhooks. */

type Schemas = components['schemas'];

export type Client = Schemas['ClientOut'];
export type Webhook = Schemas['WebhookOut'];
export type WebhookState = Webhook['state'];
export type WebhookSecret = Schemas['WebhookSecretOut'];
export type Delivery = Schemas['DeliveryOut'];
export type DeliveryState = Delivery['state'];
