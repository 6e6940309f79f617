// What people change, and what is written down of it. Values of settings are, secrets never.

export type AuditAction =
  | 'access_token.create'
  | 'access_token.revoke'
  | 'client_key.create'
  | 'client_key.delete'
  | 'client_key.rotate'
  | 'client_key.update'
  | 'error_tracking.disable'
  | 'error_tracking.enable'
  | 'error_tracking.hide'
  | 'error_tracking.show'
  | 'group.create'
  | 'group.delete'
  | 'group.rename'
  | 'instance.change'
  | 'invitation.accept'
  | 'invitation.create'
  | 'invitation.revoke'
  | 'issue.delete'
  | 'member.add'
  | 'member.change'
  | 'member.remove'
  | 'monitor.pause'
  | 'monitor.resume'
  | 'monitor.delete'
  | 'password.change'
  | 'password.link'
  | 'password.reset'
  | 'project.create'
  | 'project.delete'
  | 'project.move'
  | 'project.rename'
  | 'project.update_settings'
  | 'session.revoke'
  | 'two_factor.disable'
  | 'two_factor.enable'
  | 'two_factor.recover'
  | 'two_factor.renew_codes'
  | 'user.change'
  | 'user.connect'
  | 'user.create'
  | 'user.disable'
  | 'user.disconnect'
  | 'user.enable'

export interface AuditedChange {
  action: AuditAction
  /** What it was done to, as its readers know it: `acme/shop`, a token's name, an address. */
  target: string
  /** Where it happened; an entry is read by the owners of either, and by the instance's. */
  groupId?: number | null
  projectId?: number | null
  /** By the field's name. */
  changes?: Record<string, { from?: AuditedValue; to?: AuditedValue }> | undefined
}

type AuditedValue = string | number | boolean | null | readonly string[]
