import type { components } from './schema';

/** The shapes of accounts, roles and who stands in for whom. */

type Schemas = components['schemas'];

export type Account = Schemas['AccountRow'];
export type AccountDetail = Schemas['AccountDetail'];
export type AccountState = Account['state'];
export type AccountDeed = AccountDetail['can'][number];
export type NewAccount = Schemas['AccountIn'];
export type AccountCreated = Schemas['AccountCreated'];
export type Invitation = Schemas['InvitationOut'];
export type Released = Schemas['ReleasedOut'];
export type RoleGrant = Schemas['GrantRow'];
export type GrantableRole = Schemas['RoleOut'];
export type NewGrant = Schemas['GrantIn'];
export type Delegations = Schemas['DelegationList'];
export type Delegation = Schemas['DelegationOut'];
export type NewDelegation = Schemas['DelegationIn'];
export type Colleague = Schemas['ColleagueOut'];
export type HandoverPackage = Schemas['PackageOut'];
export type HandoverMade = Schemas['HandoverRow'];
export type Invited = Schemas['InvitedOut'];
