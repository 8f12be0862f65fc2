package fastly

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strings"
	"syscall"

	"budgetbot/billing"
)

func notUnderstood(format string, args ...any) *billing.BodyError {
	return &billing.BodyError{Reason: fmt.Sprintf(format, args...)}
}

// transportError classifies an error of the HTTP library.
func transportError(path string, err error) error {
	if errors.Is(err, context.Canceled) {
		return fmt.Errorf("GET %s: %w", path, context.Canceled)
	}
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		err = wrapped.Err
	}
	kind := transportKind(err)
	if errors.Is(kind, billing.ErrRedirected) || errors.Is(kind, billing.ErrTimeout) {
		return &billing.TransportError{Path: path, Kind: kind}
	}
	return &billing.TransportError{Path: path, Kind: kind, Text: billing.Clean(err.Error())}
}

func transportKind(err error) error {
	var timeout net.Error
	switch {
	case errors.Is(err, billing.ErrRedirected):
		return billing.ErrRedirected
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return billing.ErrTimeout
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE), errors.Is(err, io.EOF),
		errors.Is(err, io.ErrUnexpectedEOF), strings.Contains(err.Error(), "server closed idle connection"):
		return billing.ErrReset
	}
	return billing.ErrUnreachable
}
