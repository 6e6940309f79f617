//go:build !old

package main

import (
	"context"
	"time"

	"github.com/getsentry/sentry-go"
)

// There is none any more.
func setExtra(*sentry.Scope, string, int) {}

func tellAttachment() {
	initialize(sentry.ClientOptions{})
	sentry.WithScope(func(scope *sentry.Scope) {
		scope.AddAttachment(&sentry.Attachment{
			Filename: "order.json", ContentType: "application/json", Payload: []byte(`{"number": "A-1001"}`),
		})
		scope.AddAttachment(&sentry.Attachment{
			Filename: "bytes.bin", Payload: []byte{0, 1, 2, 10, 13, 255, 254, 10, 123, 125, 10},
		})
		captureCheckout(sentry.CurrentHub())
	})
}

func tellCheckIn() {
	initialize(sentry.ClientOptions{})
	nightly := &sentry.MonitorConfig{
		Schedule: sentry.CrontabSchedule("0 3 * * *"), CheckInMargin: 5, MaxRuntime: 30, Timezone: "Europe/Berlin",
	}
	hourly := &sentry.MonitorConfig{Schedule: sentry.IntervalSchedule(1, sentry.MonitorScheduleUnitHour)}
	id := sentry.CaptureCheckIn(&sentry.CheckIn{MonitorSlug: "nightly-stock", Status: sentry.CheckInStatusInProgress}, nightly)
	sentry.CaptureCheckIn(&sentry.CheckIn{
		ID: *id, MonitorSlug: "nightly-stock", Status: sentry.CheckInStatusOK, Duration: 30 * time.Second,
	}, nightly)
	sentry.CaptureCheckIn(&sentry.CheckIn{MonitorSlug: "hourly-mail", Status: sentry.CheckInStatusError}, hourly)
}

// A report goes with the next thing that is sent.
func tellClientReport() {
	dropped := 0
	initialize(sentry.ClientOptions{BeforeSend: func(event *sentry.Event, _ *sentry.EventHint) *sentry.Event {
		if dropped == 3 {
			return event
		}
		dropped++
		return nil
	}})
	for count := 0; count < 4; count++ {
		captureCheckout(sentry.CurrentHub())
	}
}

func tellLogs() {
	initialize(sentry.ClientOptions{})
	sentry.NewLogger(context.Background()).Info().Emit("order paid")
}
