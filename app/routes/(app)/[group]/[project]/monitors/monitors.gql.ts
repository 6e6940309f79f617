import { graphql } from '#lib/graphql/graphql.ts'

export const Monitors = graphql(`
  query Monitors($path: String!, $mayManage: Boolean!) {
    project(path: $path) {
      id
      monitors {
        id
        slug
        name
        schedule
        timezone
        pausedAt
        environments {
          name
          status
          lastCheckInAt
          nextExpectedAt
          failingSince
          issue {
            id
            shortId
            status
          }
          checkIns(first: 30) {
            id
            status
            startedAt
            durationMs
            lateMs
          }
        }
      }
      clientKeys @include(if: $mayManage) {
        id
        dsn
        active
      }
    }
  }
`)

export const PauseMonitor = graphql(`
  mutation PauseMonitor($monitor: ID!) {
    pauseMonitor(input: { monitor: $monitor }) {
      monitor {
        id
        pausedAt
      }
    }
  }
`)

export const ResumeMonitor = graphql(`
  mutation ResumeMonitor($monitor: ID!) {
    resumeMonitor(input: { monitor: $monitor }) {
      monitor {
        id
        pausedAt
      }
    }
  }
`)

export const DeleteMonitor = graphql(`
  mutation DeleteMonitor($monitor: ID!, $environment: String) {
    deleteMonitor(input: { monitor: $monitor, environment: $environment }) {
      project {
        id
      }
    }
  }
`)
