import { graphql } from '#lib/graphql/graphql.ts'

export const AttachmentFields = graphql(`
  fragment AttachmentList_attachment on Attachment @_unmask {
    id
    name
    contentType
    type
    size
    downloadPath
  }
`)
