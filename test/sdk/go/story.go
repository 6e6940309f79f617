// The story (../story.ts) as a Go program tells it: story <dsn> <case>
package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/getsentry/sentry-go"
)

type PaymentError struct {
	Order string
	Err   error
}

func (e *PaymentError) Error() string { return "could not charge order " + e.Order }
func (e *PaymentError) Unwrap() error { return e.Err }

type GatewayError struct {
	Status int
	Order  string
}

func (e *GatewayError) Error() string {
	return fmt.Sprintf("gateway answered %d for %s", e.Status, e.Order)
}

func callGateway(order string) error { return &GatewayError{Status: 502, Order: order} }

func charge(order string) error {
	if err := callGateway(order); err != nil {
		return &PaymentError{Order: order, Err: err}
	}
	return nil
}

func captureCheckout(hub *sentry.Hub) {
	if err := charge("A-1001"); err != nil {
		hub.CaptureException(err)
	}
}

func initialize(options sentry.ClientOptions) {
	options.Dsn = os.Args[1]
	options.Release = "shop@1.4.2"
	options.Environment = "production"
	options.ServerName = "sample-host"
	if err := sentry.Init(options); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	sentry.ConfigureScope(func(scope *sentry.Scope) {
		scope.SetUser(sentry.User{ID: "4711", Username: "ada", Email: "ada@example.com", IPAddress: "203.0.113.7"})
		scope.SetTags(map[string]string{"payment": "card", "region": "eu-west"})
		setExtra(scope, "cart_items", 3)
		scope.SetContext("order", map[string]interface{}{"number": "A-1001", "total": 59.9})
	})
	sentry.AddBreadcrumb(&sentry.Breadcrumb{Category: "auth", Type: "user", Level: sentry.LevelInfo, Message: "ada signed in"})
	sentry.AddBreadcrumb(&sentry.Breadcrumb{Category: "cart", Level: sentry.LevelDebug, Message: "added TEA-1",
		Data: map[string]interface{}{"sku": "TEA-1", "qty": 2}})
	sentry.AddBreadcrumb(&sentry.Breadcrumb{Category: "http", Type: "http", Level: sentry.LevelWarning, Message: "POST /pay",
		Data: map[string]interface{}{"url": "http://pay.example.com/charge", "method": "POST", "status_code": 502}})
}

func tellException() {
	initialize(sentry.ClientOptions{})
	captureCheckout(sentry.CurrentHub())
}

func tellMessage() {
	initialize(sentry.ClientOptions{})
	sentry.WithScope(func(scope *sentry.Scope) {
		scope.SetLevel(sentry.LevelWarning)
		sentry.CaptureMessage(`stock is low: TEA-1 "Grüner Tee" 茶 🍵`)
	})
}

func tellTransaction() {
	initialize(sentry.ClientOptions{EnableTracing: true, TracesSampleRate: 1})
	ctx := sentry.SetHubOnContext(context.Background(), sentry.CurrentHub())
	transaction := sentry.StartTransaction(ctx, "checkout")
	transaction.Op = "task"
	span := transaction.StartChild("http.client")
	sentry.CurrentHub().WithScope(func(scope *sentry.Scope) {
		scope.SetContext("trace", sentry.Context{"trace_id": span.TraceID.String(), "span_id": span.SpanID.String()})
		captureCheckout(sentry.CurrentHub())
	})
	span.Finish()
	transaction.Status = sentry.SpanStatusInternalError
	transaction.Finish()
}

func main() {
	tell, isThere := map[string]func(){
		"exception":    tellException,
		"message":      tellMessage,
		"transaction":  tellTransaction,
		"attachment":   tellAttachment,
		"checkin":      tellCheckIn,
		"clientreport": tellClientReport,
		"logs":         tellLogs,
	}[os.Args[2]]
	if !isThere {
		fmt.Fprintln(os.Stderr, "no such case")
		os.Exit(1)
	}
	tell()
	sentry.Flush(time.Minute)
}
