// Every field of Query, Mutation and Subscription says which action of server/auth/can.ts it is, and so does every type
// that has ids of its own. Without, the compiler or the schema's build fails. What the rule says is checked before the
// resolver runs, as far as it is known by then; a test generated from the schema's extensions checks the rest.

import SchemaBuilder, {
  BasePlugin,
  type FieldNullability,
  type InputFieldMap,
  type PothosOutputFieldConfig,
  type PothosTypeConfig,
  type SchemaTypes,
  type TypeParam,
} from '@pothos/core'
import { isObjectType, type GraphQLFieldResolver, type GraphQLSchema } from 'graphql'
import { assertCan, assertMayTry, isInstanceAction, isProjectAction } from '../auth/can.ts'
import type { Action, GroupAction, InstanceAction, ProjectAction } from '../auth/can.ts'
import type { Viewer } from '../auth/viewer.ts'

/** Of a field of Query, Mutation or Subscription: the resolver asks again, of the project or group that it finds. */
type RootAccess = Action | 'anybody'

/** Of a type with ids: what one needs to get one, and where it belongs to a project or group, to which. */
type TypeAccess<Shape> =
  | { action: ProjectAction; projectId: (parent: Shape) => number }
  | { action: GroupAction; groupId: (parent: Shape) => number }
  | { action: InstanceAction | 'anybody' }

/* eslint-disable @typescript-eslint/no-unused-vars, @typescript-eslint/no-namespace -- Pothos is extended like this */
declare global {
  export namespace PothosSchemaTypes {
    export interface Plugins<Types extends SchemaTypes> {
      access: AccessPlugin<Types>
    }

    export interface QueryFieldOptions<
      Types extends SchemaTypes,
      Type extends TypeParam<Types>,
      Nullable extends FieldNullability<Type>,
      Args extends InputFieldMap,
      ResolveReturnShape,
    > {
      access: RootAccess
    }

    export interface MutationFieldOptions<
      Types extends SchemaTypes,
      Type extends TypeParam<Types>,
      Nullable extends FieldNullability<Type>,
      Args extends InputFieldMap,
      ResolveReturnShape,
    > {
      access: RootAccess
    }

    export interface SubscriptionFieldOptions<
      Types extends SchemaTypes,
      Type extends TypeParam<Types>,
      Nullable extends FieldNullability<Type>,
      Args extends InputFieldMap,
      ResolveShape,
      ResolveReturnShape,
    > {
      access: RootAccess
    }

    export interface ObjectFieldOptions<
      Types extends SchemaTypes,
      ParentShape,
      Type extends TypeParam<Types>,
      Nullable extends FieldNullability<Type>,
      Args extends InputFieldMap,
      ResolveReturnShape,
    > {
      /** Where it asks for more than its type does. Of a project's type an action on projects, of a group's on groups. */
      access?: Action
    }

    export interface ObjectTypeOptions<Types extends SchemaTypes, Shape> {
      access?: TypeAccess<Shape>
    }
  }
}

/* eslint-enable @typescript-eslint/no-unused-vars, @typescript-eslint/no-namespace */

const NAME = 'access'
export default NAME

type Resolver<Types extends SchemaTypes> = GraphQLFieldResolver<unknown, Types['Context'], object>

class AccessPlugin<Types extends SchemaTypes> extends BasePlugin<Types> {
  override onTypeConfig(typeConfig: PothosTypeConfig) {
    const access = typeConfig.kind === 'Object' ? typeConfig.pothosOptions.access : undefined
    return access === undefined ? typeConfig : { ...typeConfig, extensions: { ...typeConfig.extensions, access } }
  }

  override onOutputFieldConfig(fieldConfig: PothosOutputFieldConfig<Types>) {
    const access = readAccess(fieldConfig)
    return access === undefined ? fieldConfig : { ...fieldConfig, extensions: { ...fieldConfig.extensions, access } }
  }

  override wrapResolve(resolver: Resolver<Types>, fieldConfig: PothosOutputFieldConfig<Types>): Resolver<Types> {
    const access = readAccess(fieldConfig)
    // A subscription's messages are guarded by guard-subscription.ts.
    if (access === undefined || fieldConfig.kind === 'Subscription') return resolver
    if (fieldConfig.kind === 'Query' || fieldConfig.kind === 'Mutation') return guardRoot(resolver, access)
    if (access === 'anybody' || isInstanceAction(access)) return guardRoot(resolver, access)
    const findTarget = this.findTargetOf(fieldConfig, access)
    return (parent, args, context, info) => {
      // The overloads pair actions with targets, and so does findTargetOf.
      assertCan((context as HasViewer).viewer, access as ProjectAction, findTarget(parent) as { projectId: number })
      return resolver(parent, args, context, info)
    }
  }

  override wrapSubscribe(subscribe: Resolver<Types> | undefined, fieldConfig: PothosOutputFieldConfig<Types>) {
    const access = readAccess(fieldConfig)
    return subscribe === undefined || access === undefined ? subscribe : guardRoot(subscribe, access)
  }

  override afterBuild(schema: GraphQLSchema): GraphQLSchema {
    const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]
    const fields = roots.flatMap((root) => (root ? Object.values(root.getFields()) : []))
    const nodes = Object.values(schema.getTypeMap()).filter(
      (type) => isObjectType(type) && type.getInterfaces().some(({ name }) => name === 'Node'),
    )
    const open = [...fields, ...nodes].filter(({ extensions }) => extensions.access === undefined)
    if (open.length > 0) throw new Error(`No "access" is given for ${open.map(({ name }) => name).join(', ')}.`)
    return schema
  }

  private findTargetOf({ parentType, name }: PothosOutputFieldConfig<Types>, action: ProjectAction | GroupAction) {
    const config = this.builder.configStore.getTypeConfig(parentType)
    const access = config.kind === 'Object' ? config.pothosOptions.access : undefined
    if (access !== undefined && 'projectId' in access && isProjectAction(action)) {
      return (parent: unknown) => ({ projectId: access.projectId(parent) })
    }
    if (access !== undefined && 'groupId' in access && !isProjectAction(action)) {
      return (parent: unknown) => ({ groupId: access.groupId(parent) })
    }
    throw new Error(`${parentType}.${name} is "${action}", but ${parentType} does not tell of which project or group.`)
  }
}

interface HasViewer {
  viewer: Viewer | null
}

function guardRoot<Types extends SchemaTypes>(resolver: Resolver<Types>, access: RootAccess): Resolver<Types> {
  if (access === 'anybody') return resolver
  return (parent, args, context, info) => {
    const { viewer } = context as HasViewer
    if (isInstanceAction(access)) assertCan(viewer, access)
    else assertMayTry(viewer, access)
    return resolver(parent, args, context, info)
  }
}

function readAccess({ pothosOptions }: { pothosOptions: object }): RootAccess | undefined {
  return (pothosOptions as { access?: RootAccess }).access
}

SchemaBuilder.registerPlugin(NAME, AccessPlugin)
