# The story (../story.ts) as a Ruby program tells it: ruby story.rb <dsn> <case>

require "sentry-ruby"

DSN, CHOSEN = ARGV
ORDER = { number: "A-1001", total: 59.9 }.freeze

module Shop
  class PaymentError < StandardError; end

  class Gateway
    def call(order)
      raise ArgumentError, "gateway answered 502 for #{order[:number]}"
    end
  end

  def self.charge(order)
    Gateway.new.call(order)
  rescue ArgumentError
    raise PaymentError, "could not charge order #{order[:number]}"
  end

  def self.capture_checkout
    charge(ORDER)
  rescue PaymentError => error
    Sentry.capture_exception(error)
  end
end

def init
  Sentry.init do |config|
    config.dsn = DSN
    config.release = "shop@1.4.2"
    config.environment = "production"
    config.server_name = "sample-host"
    config.background_worker_threads = 0
    config.auto_session_tracking = false
    config.logger = Logger.new(File::NULL) if config.respond_to?(:logger=)
    yield config if block_given?
  end
  Sentry.set_user(id: "4711", username: "ada", email: "ada@example.com", ip_address: "203.0.113.7")
  Sentry.set_tags(payment: "card", region: "eu-west")
  Sentry.set_extras(cart_items: 3)
  Sentry.set_context("order", { number: "A-1001", total: 59.9 })
  add_breadcrumb("auth", "user", "info", "ada signed in", {})
  add_breadcrumb("cart", nil, "debug", "added TEA-1", { sku: "TEA-1", qty: 2 })
  request = { url: "http://pay.example.com/charge", method: "POST", status_code: 502 }
  add_breadcrumb("http", "http", "warning", "POST /pay", request)
end

def add_breadcrumb(category, type, level, message, data)
  Sentry.add_breadcrumb(
    Sentry::Breadcrumb.new(category: category, type: type, level: level, message: message, data: data)
  )
end

def tell_exception
  init
  Shop.capture_checkout
end

def tell_message
  init
  Sentry.capture_message('stock is low: TEA-1 "Grüner Tee" 茶 🍵', level: :warning)
end

def tell_transaction
  init { |config| config.traces_sample_rate = 1.0 }
  transaction = Sentry.start_transaction(name: "checkout", op: "task")
  Sentry.configure_scope { |scope| scope.set_span(transaction) }
  transaction.with_child_span(op: "http.client", description: "POST http://pay.example.com/charge") do
    Shop.capture_checkout
  end
  transaction.set_status("internal_error")
  transaction.finish
end

def tell_attachment
  init
  Sentry.add_attachment(bytes: '{"number": "A-1001"}', filename: "order.json", content_type: "application/json")
  Sentry.add_attachment(bytes: [0, 1, 2, 10, 13, 255, 254, 10, 123, 125, 10].pack("C*"), filename: "bytes.bin")
  Shop.capture_checkout
end

def tell_checkin
  init
  nightly = Sentry::Cron::MonitorConfig.from_crontab(
    "0 3 * * *", checkin_margin: 5, max_runtime: 30, timezone: "Europe/Berlin"
  )
  id = Sentry.capture_check_in("nightly-stock", :in_progress, monitor_config: nightly)
  Sentry.capture_check_in("nightly-stock", :ok, check_in_id: id, duration: 30, monitor_config: nightly)
  hourly = Sentry::Cron::MonitorConfig.from_interval(1, :hour)
  Sentry.capture_check_in("hourly-mail", :error, monitor_config: hourly)
end

# A report goes with the next thing that is sent.
def tell_clientreport
  dropped = 0
  init { |config| config.before_send = ->(event, _hint) { (dropped += 1) > 3 ? event : nil } }
  4.times { |count| Sentry.capture_exception(Shop::PaymentError.new("dropped #{count}")) }
end

def tell_logs
  init { |config| config.enable_logs = true }
  Sentry.logger.info("order paid")
end

send("tell_#{CHOSEN}")
Sentry.close if Sentry.respond_to?(:close)
