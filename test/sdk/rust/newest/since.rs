//! What only newer versions can do, or do otherwise.

use sentry::protocol::{EnvelopeItem, MonitorCheckIn, MonitorCheckInStatus, MonitorConfig, MonitorIntervalUnit, MonitorSchedule};
use sentry::types::{random_uuid, Uuid};
use sentry::{ClientInitGuard, ClientOptions, Envelope, Hub};

pub fn traced_options() -> ClientOptions {
    ClientOptions::new().traces_sample_rate(1.0)
}

pub fn tell(name: &str, dsn: &str) -> ClientInitGuard {
    let guard = crate::init(dsn, ClientOptions::default());
    match name {
        "checkin" => tell_check_in(),
        "logs" => sentry::logger_info!("order paid"),
        _ => panic!("no such case: {name}"),
    }
    guard
}

fn tell_check_in() {
    let nightly = || MonitorConfig {
        schedule: MonitorSchedule::Crontab { value: "0 3 * * *".into() },
        checkin_margin: Some(5),
        max_runtime: Some(30),
        timezone: Some("Europe/Berlin".into()),
        failure_issue_threshold: None,
        recovery_threshold: None,
    };
    let hourly = MonitorConfig {
        schedule: MonitorSchedule::Interval { value: 1, unit: MonitorIntervalUnit::Hour },
        checkin_margin: None,
        max_runtime: None,
        timezone: None,
        failure_issue_threshold: None,
        recovery_threshold: None,
    };
    let id = random_uuid();
    check_in(id, "nightly-stock", MonitorCheckInStatus::InProgress, None, nightly());
    check_in(id, "nightly-stock", MonitorCheckInStatus::Ok, Some(30.0), nightly());
    check_in(random_uuid(), "hourly-mail", MonitorCheckInStatus::Error, None, hourly);
}

fn check_in(id: Uuid, slug: &str, status: MonitorCheckInStatus, duration: Option<f64>, config: MonitorConfig) {
    let mut envelope = Envelope::new();
    envelope.add_item(EnvelopeItem::MonitorCheckIn(MonitorCheckIn {
        check_in_id: id,
        monitor_slug: slug.into(),
        status,
        environment: Some("production".into()),
        duration,
        monitor_config: Some(config),
    }));
    if let Some(client) = Hub::current().client() {
        client.send_envelope(envelope);
    }
}
