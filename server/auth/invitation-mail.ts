import type { InvitationWithPlace } from './invitations.ts'

/** @param link with the token. @returns the message, as server/mail/mail.ts takes it. */
export function describeInvitationMail(invitation: InvitationWithPlace, link: string) {
  const { group, project, role, invitedBy, email, expiresAt } = invitation
  const path = group?.name ?? `${project?.group.name}/${project?.slug}`
  const day = expiresAt.toISOString().slice(0, 10)
  const text = [
    `${invitedBy} invites you to ${path} on Faultline, as ${role.toLowerCase()}.`,
    'Open this link to accept. It works once, until ' + day + ' (UTC):',
    link,
    'If you do not know what this is about, leave it: nothing happens without you.',
  ]
  return { to: email ?? '', subject: `Invitation to ${path} on Faultline`, text: text.join('\n\n'), kind: 'invitation' }
}
