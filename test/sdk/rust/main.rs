//! The story (../story.ts) as a Rust program tells it: shop <dsn> <case>

mod since;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Arc;
use std::time::Duration;

use sentry::protocol::{Attachment, Breadcrumb, Context, Level, SpanStatus, User, Value};
use sentry::{ClientInitGuard, ClientOptions, TransactionContext};

#[derive(Debug)]
struct GatewayError {
    order: &'static str,
}

impl fmt::Display for GatewayError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "gateway answered 502 for {}", self.order)
    }
}

impl std::error::Error for GatewayError {}

#[derive(Debug)]
struct PaymentError {
    order: &'static str,
    cause: GatewayError,
}

impl fmt::Display for PaymentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "could not charge order {}", self.order)
    }
}

impl std::error::Error for PaymentError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.cause)
    }
}

fn charge(order: &'static str) -> Result<(), PaymentError> {
    Err(PaymentError { order, cause: GatewayError { order } })
}

fn capture_checkout() {
    if let Err(error) = charge("A-1001") {
        sentry::capture_error(&error);
    }
}

fn map<const N: usize>(entries: [(&str, Value); N]) -> BTreeMap<String, Value> {
    entries.into_iter().map(|(key, value)| (key.to_string(), value)).collect()
}

fn add_breadcrumb(category: &str, ty: &str, level: Level, message: &str, data: BTreeMap<String, Value>) {
    sentry::add_breadcrumb(Breadcrumb {
        category: Some(category.into()),
        ty: ty.into(),
        level,
        message: Some(message.into()),
        data,
        ..Default::default()
    });
}

pub fn init(dsn: &str, mut options: ClientOptions) -> ClientInitGuard {
    options.release = Some(Cow::Borrowed("shop@1.4.2"));
    options.environment = Some(Cow::Borrowed("production"));
    options.server_name = Some(Cow::Borrowed("sample-host"));
    let guard = sentry::init((dsn, options));
    sentry::configure_scope(|scope| {
        scope.set_user(Some(User {
            id: Some("4711".into()),
            username: Some("ada".into()),
            email: Some("ada@example.com".into()),
            ip_address: "203.0.113.7".parse().ok(),
            ..Default::default()
        }));
        scope.set_tag("payment", "card");
        scope.set_tag("region", "eu-west");
        scope.set_extra("cart_items", 3.into());
        scope.set_context("order", Context::Other(map([("number", "A-1001".into()), ("total", 59.9.into())])));
    });
    add_breadcrumb("auth", "user", Level::Info, "ada signed in", map([]));
    add_breadcrumb("cart", "default", Level::Debug, "added TEA-1", map([("sku", "TEA-1".into()), ("qty", 2.into())]));
    let request = [("url", "http://pay.example.com/charge".into()), ("method", "POST".into()), ("status_code", 502.into())];
    add_breadcrumb("http", "http", Level::Warning, "POST /pay", map(request));
    guard
}

fn tell_transaction(dsn: &str) -> ClientInitGuard {
    let guard = init(dsn, since::traced_options());
    let transaction = sentry::start_transaction(TransactionContext::new("checkout", "task"));
    sentry::configure_scope(|scope| scope.set_span(Some(transaction.clone().into())));
    let span = transaction.start_child("http.client", "POST http://pay.example.com/charge");
    capture_checkout();
    span.finish();
    transaction.set_status(SpanStatus::InternalError);
    transaction.finish();
    guard
}

fn tell_attachment(dsn: &str) -> ClientInitGuard {
    let guard = init(dsn, ClientOptions::default());
    sentry::configure_scope(|scope| {
        scope.add_attachment(Attachment {
            buffer: br#"{"number": "A-1001"}"#.to_vec(),
            filename: "order.json".into(),
            content_type: Some("application/json".into()),
            ..Default::default()
        });
        scope.add_attachment(Attachment {
            buffer: vec![0, 1, 2, 10, 13, 255, 254, 10, 123, 125, 10],
            filename: "bytes.bin".into(),
            ..Default::default()
        });
    });
    capture_checkout();
    guard
}

fn tell_session(dsn: &str) -> ClientInitGuard {
    let guard = init(dsn, ClientOptions::default());
    sentry::start_session();
    capture_checkout();
    sentry::end_session();
    guard
}

/// A report goes with the next thing that is sent.
fn tell_client_report(dsn: &str) -> ClientInitGuard {
    let seen = AtomicUsize::new(0);
    let mut options = ClientOptions::default();
    options.before_send = Some(Arc::new(move |event| (seen.fetch_add(1, Ordering::SeqCst) >= 3).then_some(event)));
    let guard = init(dsn, options);
    for _ in 0..4 {
        capture_checkout();
    }
    guard
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let dsn = arguments[1].as_str();
    let guard = match arguments[2].as_str() {
        "exception" => {
            let guard = init(dsn, ClientOptions::default());
            capture_checkout();
            guard
        }
        "message" => {
            let guard = init(dsn, ClientOptions::default());
            sentry::capture_message("stock is low: TEA-1 \"Grüner Tee\" 茶 🍵", Level::Warning);
            guard
        }
        "transaction" => tell_transaction(dsn),
        "attachment" => tell_attachment(dsn),
        "session" => tell_session(dsn),
        "clientreport" => tell_client_report(dsn),
        name => since::tell(name, dsn),
    };
    guard.close(Some(Duration::from_secs(60)));
}
