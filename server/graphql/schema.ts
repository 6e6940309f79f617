// Puts the types together. Only the finished schema leaves this file.

import './types/access-token.ts'
import './types/attachment.ts'
import './types/client-key.ts'
import './types/client-use.ts'
import './types/event.ts'
import './types/event-context.ts'
import './types/exception.ts'
import './types/feedback.ts'
import './types/instance.ts'
import './types/issue.ts'
import './types/level.ts'
import './types/node.ts'
import './types/project.ts'
import './types/release.ts'
import './types/scalars.ts'
import './types/subscription.ts'
import './types/trace.ts'
import './types/user.ts'
import { builder } from './builder.ts'

export const schema = builder.toSchema({ sortSchema: true })
