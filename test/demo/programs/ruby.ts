// Notifications, in Ruby with Rails and Sidekiq.

import { libraryFrame, ownFrame } from '../program.ts'
import type { Program } from '../program.ts'

const ROOT = '/srv/notifications'

export const notifications: Program = {
  name: 'notifications',
  platform: 'ruby',
  sdk: { name: 'sentry.ruby.rails', version: '6.6.2' },
  environments: ['production', 'staging'],
  contexts: () => ({ runtime: { name: 'ruby', version: '3.4.6' }, os: { name: 'Linux', version: '6.12.41' } }),
  failures: [
    {
      weight: 5,
      transaction: 'Sidekiq/PushJob',
      handled: false,
      exceptions: (dice) => [
        {
          type: 'Net::ReadTimeout',
          module: 'Net',
          value: `Net::ReadTimeout with #<TCPSocket:(closed)> after ${dice.roll(60, 61)}s`,
          frames: [
            libraryFrame({
              function: "'Sidekiq::Processor#process'",
              filename: 'sidekiq/processor.rb',
              abs_path: '/usr/local/bundle/gems/sidekiq-8.0.7/lib/sidekiq/processor.rb',
              lineno: 190,
            }),
            ownFrame(
              {
                function: "'PushJob#perform'",
                filename: 'app/jobs/push_job.rb',
                abs_path: `${ROOT}/app/jobs/push_job.rb`,
                lineno: 12,
              },
              `
  def perform(device_id, text)
    device = Device.find(device_id)
»    PushGateway.new(device.platform).deliver(device.token, text)
  rescue PushGateway::Unregistered
    device.destroy!`,
            ),
            ownFrame(
              {
                function: "'PushGateway#deliver'",
                filename: 'app/services/push_gateway.rb',
                abs_path: `${ROOT}/app/services/push_gateway.rb`,
                lineno: 27,
              },
              `
  def deliver(token, text)
    request = Net::HTTP::Post.new(@uri, headers(token))
    request.body = JSON.generate(alert: text)
»    response = @http.request(request)
    raise Unregistered if response.code == "410"`,
            ),
          ],
        },
      ],
      breadcrumbs: (dice) => [
        { secondsBefore: 60, category: 'sidekiq', message: `PushJob ${dice.hex(24)} started` },
        {
          secondsBefore: 59.8,
          category: 'net.http',
          data: { method: 'POST', url: 'https://push.example.net/3/device' },
        },
      ],
      tags: (dice) => ({ 'sidekiq.queue': dice.pick(['default', 'urgent']) }),
    },
    {
      weight: 3,
      transaction: 'PreferencesController#update',
      handled: true,
      exceptions: (dice) => [
        {
          type: 'ActiveRecord::RecordInvalid',
          module: 'ActiveRecord',
          value: `Validation failed: Quiet hours must end after ${dice.roll(6, 11)}:00`,
          frames: [
            libraryFrame({
              function: "'ActionController::BasicImplicitRender#send_action'",
              filename: 'action_controller/metal/basic_implicit_render.rb',
              abs_path: '/usr/local/bundle/gems/actionpack-8.0.3/lib/action_controller/metal/basic_implicit_render.rb',
              lineno: 8,
            }),
            ownFrame(
              {
                function: "'PreferencesController#update'",
                filename: 'app/controllers/preferences_controller.rb',
                abs_path: `${ROOT}/app/controllers/preferences_controller.rb`,
                lineno: 18,
              },
              `
  def update
    authorize @preferences
»    @preferences.update!(preferences_params)
    redirect_to preferences_path, notice: t(".saved")`,
            ),
          ],
        },
      ],
      breadcrumbs: () => [{ secondsBefore: 0.2, category: 'process_action.action_controller', message: 'PATCH' }],
      request: () => ({
        method: 'PATCH',
        url: 'https://my.example.com/preferences',
        data: { quiet_from: '22:00', quiet_to: '06:00' },
      }),
    },
  ],
}
