// The story (../../story.ts) as a program with the SDK of GitLab Runner tells it: story <dsn> <case>
package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/getsentry/raven-go"
)

// chargeError wraps its cause as github.com/pkg/errors does, which is what raven looks for.
type chargeError struct {
	order string
	cause error
}

func (e *chargeError) Error() string { return "could not charge order " + e.order }
func (e *chargeError) Cause() error  { return e.cause }

func charge(order string) error {
	return &chargeError{order: order, cause: errors.New("gateway answered 502 for " + order)}
}

func main() {
	fail(raven.SetDSN(os.Args[1]))
	raven.SetRelease("shop@1.4.2")
	raven.SetEnvironment("production")
	raven.SetTagsContext(map[string]string{"payment": "card", "region": "eu-west"})
	user := &raven.User{ID: "4711", Username: "ada", Email: "ada@example.com", IP: "203.0.113.7"}

	var packet *raven.Packet
	switch os.Args[2] {
	case "exception":
		err := charge("A-1001")
		packet = raven.NewPacket(err.Error(), raven.NewException(err, raven.GetOrNewStacktrace(err, 0, 3, nil)), user)
		packet.Extra["cart_items"] = 3
	case "message":
		packet = raven.NewPacket(`stock is low: TEA-1 "Grüner Tee" 茶 🍵`, user)
		packet.Level = raven.WARNING
	default:
		fail(errors.New("no such case"))
	}
	packet.ServerName = "sample-host"
	_, sent := raven.Capture(packet, nil)
	fail(<-sent)
}

func fail(err error) {
	if err == nil {
		return
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
