import { ROLES } from '../../domain/role.ts'
import { builder } from '../builder.ts'

export const RoleEnum = builder.enumType('Role', {
  description:
    'Reporters read, developers change issues, maintainers change settings and keys, owners decide on members.',
  values: ROLES,
})
