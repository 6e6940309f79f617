//go:build old

package main

import (
	"fmt"
	"os"

	"github.com/getsentry/sentry-go"
)

func setExtra(scope *sentry.Scope, name string, value int) { scope.SetExtra(name, value) }

func tellAttachment()   { refuse() }
func tellCheckIn()      { refuse() }
func tellClientReport() { refuse() }
func tellLogs()         { refuse() }

func refuse() {
	fmt.Fprintln(os.Stderr, "this version cannot do that")
	os.Exit(1)
}
