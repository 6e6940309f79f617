// What newer versions do otherwise.

import io.sentry.Sentry;
import io.sentry.UserFeedback;
import io.sentry.protocol.SentryId;

final class Since {
  static void captureFeedback(SentryId about, String name, String email, String message) {
    Sentry.captureUserFeedback(new UserFeedback(about, name, email, message));
  }

  static void tell(String name, String dsn) {
    throw new IllegalArgumentException("no such case in this version: " + name);
  }
}
