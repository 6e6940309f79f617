// What people are told by mail about their account. Plain text, short, and never more than one link.

interface MailText {
  subject: string
  text: string
}

export function writeResetMail(link: string): MailText {
  return {
    subject: 'Set a new password',
    text: [
      'Somebody, most likely you, asked for a new password at Faultline. Set it here:',
      link,
      'The link works once, within an hour. If you did not ask for it, do nothing: your password stays as it is.',
    ].join('\n\n'),
  }
}

export function writePasswordChangedMail(publicUrl: string): MailText {
  return {
    subject: 'Your password was changed',
    text: [
      `The password of your account at ${publicUrl} was changed, and all other sessions were ended.`,
      'If that was not you, ask for a new one with "Forgot password?" at once, and tell the owner of that Faultline.',
    ].join('\n\n'),
  }
}
