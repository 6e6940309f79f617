// The story (../story.ts) as a Java program tells it: java Story <dsn> <case>

import io.sentry.Attachment;
import io.sentry.Breadcrumb;
import io.sentry.ITransaction;
import io.sentry.Sentry;
import io.sentry.SentryLevel;
import io.sentry.SentryOptions;
import io.sentry.SpanStatus;
import io.sentry.protocol.SentryId;
import io.sentry.protocol.User;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

public final class Story {
  /** What is sent is waited for, however slow the machine is; who runs this ends it when it takes too long. */
  static final int PATIENCE_MS = 60_000;

  static final class PaymentError extends RuntimeException {
    PaymentError(String order, Throwable cause) {
      super("could not charge order " + order, cause);
    }
  }

  static final class Gateway {
    void call(String order) {
      throw new IllegalStateException("gateway answered 502 for " + order);
    }
  }

  static void charge(String order) {
    try {
      new Gateway().call(order);
    } catch (IllegalStateException cause) {
      throw new PaymentError(order, cause);
    }
  }

  static SentryId captureCheckout() {
    try {
      charge("A-1001");
      return SentryId.EMPTY_ID;
    } catch (PaymentError error) {
      return Sentry.captureException(error);
    }
  }

  static void init(String dsn, Consumer<SentryOptions> choose) {
    Sentry.init(
        options -> {
          options.setDsn(dsn);
          options.setRelease("shop@1.4.2");
          options.setEnvironment("production");
          options.setServerName("sample-host");
          options.setEnableAutoSessionTracking(false);
          options.setConnectionTimeoutMillis(PATIENCE_MS);
          options.setReadTimeoutMillis(PATIENCE_MS);
          options.setShutdownTimeoutMillis(PATIENCE_MS);
          choose.accept(options);
        });
    User user = new User();
    user.setId("4711");
    user.setUsername("ada");
    user.setEmail("ada@example.com");
    user.setIpAddress("203.0.113.7");
    Sentry.setUser(user);
    Sentry.setTag("payment", "card");
    Sentry.setTag("region", "eu-west");
    Sentry.setExtra("cart_items", "3");
    Sentry.configureScope(scope -> scope.setContexts("order", Map.of("number", "A-1001", "total", 59.9)));
    addBreadcrumb("auth", "user", SentryLevel.INFO, "ada signed in", Map.of());
    addBreadcrumb("cart", "default", SentryLevel.DEBUG, "added TEA-1", Map.of("sku", "TEA-1", "qty", 2));
    addBreadcrumb(
        "http",
        "http",
        SentryLevel.WARNING,
        "POST /pay",
        Map.of("url", "http://pay.example.com/charge", "method", "POST", "status_code", 502));
  }

  static void addBreadcrumb(String category, String type, SentryLevel level, String message, Map<String, Object> data) {
    Breadcrumb breadcrumb = new Breadcrumb();
    breadcrumb.setCategory(category);
    breadcrumb.setType(type);
    breadcrumb.setLevel(level);
    breadcrumb.setMessage(message);
    data.forEach(breadcrumb::setData);
    Sentry.addBreadcrumb(breadcrumb);
  }

  static void tellTransaction(String dsn) {
    init(dsn, options -> options.setTracesSampleRate(1.0));
    ITransaction transaction = Sentry.startTransaction("checkout", "task");
    Sentry.configureScope(scope -> scope.setTransaction(transaction));
    var span = transaction.startChild("http.client", "POST http://pay.example.com/charge");
    captureCheckout();
    span.finish();
    transaction.finish(SpanStatus.INTERNAL_ERROR);
  }

  static void tellAttachment(String dsn) {
    init(dsn, options -> {});
    byte[] order = "{\"number\": \"A-1001\"}".getBytes(StandardCharsets.UTF_8);
    byte[] bytes = {0, 1, 2, 10, 13, (byte) 255, (byte) 254, 10, 123, 125, 10};
    Sentry.configureScope(
        scope -> {
          scope.addAttachment(new Attachment(order, "order.json", "application/json"));
          scope.addAttachment(new Attachment(bytes, "bytes.bin"));
        });
    captureCheckout();
  }

  /** A report goes with the next thing that is sent. */
  static void tellClientReport(String dsn) {
    AtomicInteger seen = new AtomicInteger();
    init(dsn, options -> options.setBeforeSend((event, hint) -> seen.incrementAndGet() > 3 ? event : null));
    for (int count = 0; count < 4; count++) captureCheckout();
  }

  public static void main(String[] arguments) {
    String dsn = arguments[0];
    switch (arguments[1]) {
      case "exception" -> {
        init(dsn, options -> {});
        captureCheckout();
      }
      case "message" -> {
        init(dsn, options -> {});
        Sentry.captureMessage("stock is low: TEA-1 \"Grüner Tee\" 茶 🍵", SentryLevel.WARNING);
      }
      case "transaction" -> tellTransaction(dsn);
      case "attachment" -> tellAttachment(dsn);
      case "session" -> {
        init(dsn, options -> {});
        Sentry.startSession();
        captureCheckout();
        Sentry.endSession();
      }
      case "clientreport" -> tellClientReport(dsn);
      case "feedback" -> {
        init(dsn, options -> {});
        Since.captureFeedback(captureCheckout(), "Ada", "ada@example.com", "The pay button does nothing.\nTwice!");
      }
      default -> Since.tell(arguments[1], dsn);
    }
    Sentry.flush(PATIENCE_MS);
    Sentry.close();
  }
}
