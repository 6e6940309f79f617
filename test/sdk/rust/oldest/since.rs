//! What newer versions do otherwise.

use sentry::{ClientInitGuard, ClientOptions};

pub fn traced_options() -> ClientOptions {
    ClientOptions { traces_sample_rate: 1.0, ..Default::default() }
}

pub fn tell(name: &str, _dsn: &str) -> ClientInitGuard {
    panic!("no such case in this version: {name}")
}
