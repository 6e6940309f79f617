import type { Context } from './context.ts'

/** After a change of the viewer's own access: what a mutation answers is read with the rights of now. */
export async function refreshViewer(context: Context): Promise<void> {
  context.viewer = await context.currentViewer()
}
