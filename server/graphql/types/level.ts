import { builder } from '../builder.ts'

export const LevelEnum = builder.enumType('Level', {
  values: {
    DEBUG: { value: 'debug' },
    INFO: { value: 'info' },
    WARNING: { value: 'warning' },
    ERROR: { value: 'error' },
    FATAL: { value: 'fatal' },
  } as const,
})
