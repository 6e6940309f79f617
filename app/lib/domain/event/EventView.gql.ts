import { graphql } from '#lib/graphql/graphql.ts'
import { AttachmentFields } from './AttachmentList.gql.ts'

export const FrameFields = graphql(`
  fragment FrameLine_frame on Frame @_unmask {
    function
    filename
    absPath
    module
    lineno
    colno
    inApp
    preContext
    contextLine
    postContext
    vars
  }
`)

export const EventViewEvent = graphql(
  `
    fragment EventView_event on Event @_unmask {
      id
      eventId
      timestamp
      receivedAt
      level
      platform
      environment
      release
      dist
      transaction
      trace {
        traceId
        transactions {
          eventId
          name
          op
          durationMs
          status
        }
      }
      serverName
      title
      message
      exceptions {
        type
        value
        module
        handled
        mechanism
        frames {
          ...FrameLine_frame
        }
      }
      threads {
        id
        name
        crashed
        current
        frames {
          ...FrameLine_frame
        }
      }
      stacktrace {
        ...FrameLine_frame
      }
      breadcrumbs {
        timestamp
        type
        category
        level
        message
        data
      }
      tags {
        key
        value
      }
      user {
        id
        email
        username
        name
        ipAddress
      }
      request {
        method
        url
        query
        headers {
          name
          value
        }
        cookies
        data
        env
      }
      contexts
      extra
      modules
      sdk {
        name
        version
      }
      attachments {
        ...AttachmentList_attachment
      }
      errors {
        type
        name
        value
      }
      remarks {
        path
        rule
        kind
        originalLength
      }
      grouping {
        version
        strategy
        hash
        parts {
          label
          value
        }
      }
      previous {
        id
      }
      next {
        id
      }
    }
  `,
  [AttachmentFields, FrameFields],
)

export const EventJson = graphql(`
  query EventJson($event: ID!) {
    node(id: $event) {
      ... on Event {
        id
        json
      }
    }
  }
`)
