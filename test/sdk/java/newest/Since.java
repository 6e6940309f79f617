// What only newer versions can do, or do otherwise.

import io.sentry.CheckIn;
import io.sentry.CheckInStatus;
import io.sentry.MonitorConfig;
import io.sentry.MonitorSchedule;
import io.sentry.MonitorScheduleUnit;
import io.sentry.Sentry;
import io.sentry.protocol.Feedback;
import io.sentry.protocol.SentryId;

final class Since {
  static void captureFeedback(SentryId about, String name, String email, String message) {
    Feedback feedback = new Feedback(message);
    feedback.setName(name);
    feedback.setContactEmail(email);
    feedback.setAssociatedEventId(about);
    Sentry.feedback().capture(feedback);
  }

  static void tell(String name, String dsn) {
    Story.init(dsn, options -> options.getLogs().setEnabled(true));
    switch (name) {
      case "checkin" -> tellCheckIn();
      case "logs" -> Sentry.logger().info("order paid");
      default -> throw new IllegalArgumentException("no such case: " + name);
    }
  }

  private static void tellCheckIn() {
    MonitorConfig nightly = new MonitorConfig(MonitorSchedule.crontab("0 3 * * *"));
    nightly.setTimezone("Europe/Berlin");
    nightly.setCheckinMargin(5L);
    nightly.setMaxRuntime(30L);
    CheckIn start = new CheckIn("nightly-stock", CheckInStatus.IN_PROGRESS);
    start.setMonitorConfig(nightly);
    SentryId id = Sentry.captureCheckIn(start);
    CheckIn end = new CheckIn(id, "nightly-stock", CheckInStatus.OK);
    end.setMonitorConfig(nightly);
    end.setDuration(30.0);
    Sentry.captureCheckIn(end);
    CheckIn failed = new CheckIn("hourly-mail", CheckInStatus.ERROR);
    failed.setMonitorConfig(new MonitorConfig(MonitorSchedule.interval(1, MonitorScheduleUnit.HOUR)));
    Sentry.captureCheckIn(failed);
  }
}
