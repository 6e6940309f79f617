"""The story (../story.ts) as a Python program tells it: python story.py <dsn> <case>"""

import sys

import sentry_sdk
from sentry_sdk.envelope import Envelope, Item, PayloadRef

dsn, chosen = sys.argv[1:]
is_old = sentry_sdk.VERSION.startswith("1.")


class PaymentError(Exception):
    pass


class Gateway:
    def call(self, order):
        raise ValueError(f"gateway answered 502 for {order['number']}")


def charge(order):
    try:
        Gateway().call(order)
    except ValueError as cause:
        raise PaymentError(f"could not charge order {order['number']}") from cause


def checkout():
    charge({"number": "A-1001", "total": 59.9})


def capture_checkout():
    try:
        checkout()
    except PaymentError as error:
        return sentry_sdk.capture_exception(error)


def init(**options):
    sentry_sdk.init(
        dsn=dsn,
        release="shop@1.4.2",
        environment="production",
        server_name="sample-host",
        # Without it the address is taken out, and with that 1.21.0 cannot write a session.
        send_default_pii=True,
        **{"auto_session_tracking": False, **options},
    )
    sentry_sdk.set_user(
        {"id": "4711", "username": "ada", "email": "ada@example.com", "ip_address": "203.0.113.7"}
    )
    sentry_sdk.set_tag("payment", "card")
    sentry_sdk.set_tag("region", "eu-west")
    sentry_sdk.set_extra("cart_items", 3)
    sentry_sdk.set_context("order", {"number": "A-1001", "total": 59.9})
    sentry_sdk.add_breadcrumb(category="auth", type="user", level="info", message="ada signed in")
    sentry_sdk.add_breadcrumb(
        category="cart", level="debug", message="added TEA-1", data={"sku": "TEA-1", "qty": 2}
    )
    sentry_sdk.add_breadcrumb(
        category="http",
        type="http",
        level="warning",
        message="POST /pay",
        data={"url": "http://pay.example.com/charge", "method": "POST", "status_code": 502},
    )


def tell_exception():
    init()
    capture_checkout()


def tell_message():
    init()
    sentry_sdk.capture_message('stock is low: TEA-1 "Grüner Tee" 茶 🍵', level="warning")


def tell_transaction():
    init(traces_sample_rate=1.0)
    with sentry_sdk.start_transaction(name="checkout", op="task") as transaction:
        with transaction.start_child(op="http.client", description="POST http://pay.example.com/charge"):
            capture_checkout()
        transaction.set_status("internal_error")


def tell_attachment():
    init()
    with sentry_sdk.push_scope() as scope:
        scope.add_attachment(bytes=b'{"number": "A-1001"}', filename="order.json")
        scope.add_attachment(bytes=bytes([0, 1, 2, 10, 13, 255, 254, 10, 123, 125, 10]), filename="bytes.bin")
        capture_checkout()


def tell_session():
    init(auto_session_tracking=True)
    hub = sentry_sdk.Hub.current if is_old else sentry_sdk.get_isolation_scope()
    hub.start_session(session_mode="application")
    capture_checkout()
    hub.end_session()


def tell_sessions():
    """Three visits, of which the last one crashes; told as one sum."""
    from sentry_sdk.integrations.wsgi import SentryWsgiMiddleware

    init(auto_session_tracking=True)

    def serve(environ, start_response):
        if environ["PATH_INFO"] == "/crash":
            checkout()
        start_response("200 OK", [])
        return [b"ok"]

    app = SentryWsgiMiddleware(serve)
    for path in ["/", "/", "/crash"]:
        environ = {"REQUEST_METHOD": "GET", "PATH_INFO": path, "SERVER_NAME": "shop.example.com", "SERVER_PORT": "80"}
        environ["wsgi.url_scheme"] = "http"
        try:
            list(app(environ, lambda status, headers, exc_info=None: None))
        except PaymentError:
            pass


def tell_feedback():
    init()
    event_id = capture_checkout()
    said = {"name": "Ada", "email": "ada@example.com", "comments": "The pay button does nothing.\nTwice!"}
    envelope = Envelope(headers={"event_id": event_id})
    envelope.add_item(Item(payload=PayloadRef(json={"event_id": event_id, **said}), type="user_report"))
    client = sentry_sdk.Hub.current.client if is_old else sentry_sdk.get_client()
    client.transport.capture_envelope(envelope)


def tell_checkin():
    from sentry_sdk.crons import capture_checkin

    init()
    nightly = {
        "schedule": {"type": "crontab", "value": "0 3 * * *"},
        "timezone": "Europe/Berlin",
        "checkin_margin": 5,
        "max_runtime": 30,
    }
    hourly = {"schedule": {"type": "interval", "value": 1, "unit": "hour"}}
    options = (lambda config: {}) if is_old else (lambda config: {"monitor_config": config})
    check_in_id = capture_checkin(monitor_slug="nightly-stock", status="in_progress", **options(nightly))
    capture_checkin(
        monitor_slug="nightly-stock", status="ok", check_in_id=check_in_id, duration=30, **options(nightly)
    )
    capture_checkin(monitor_slug="hourly-mail", status="error", **options(hourly))


def tell_clientreport():
    init(before_send=lambda event, hint: None)
    for count in range(3):
        sentry_sdk.capture_exception(PaymentError(f"dropped {count}"))


def tell_logs():
    init(**{"enable_logs": True})
    sentry_sdk.logger.info("order paid")


globals()[f"tell_{chosen}"]()
sentry_sdk.flush(timeout=60)
(sentry_sdk.Hub.current.client if is_old else sentry_sdk.get_client()).close(timeout=60)
