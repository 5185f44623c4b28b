/**
 * A typed client of the Guanbiao API. `connect` gives the typed paths of the contract; `need` an answer's data or its
 * refusal thrown; `each` the items of all pages; `signedIn` a `fetch` for programs with an id and a secret.
 */
export { connect, each, ifMatch, named, need } from './connect.js';
export { asRefusal, Refusal, refusalFrom } from './refusal.js';
export type { Problem } from './refusal.js';
export { signedIn } from './sign-in.js';
export type { Credentials } from './sign-in.js';
export type { components, operations, paths, webhooks } from './schema.js';
