package engine

import (
	"fmt"
	"net/url"
	"strings"
)

// InMemory names a database that is gone when it is closed.
const InMemory = ":memory:"

// Address is a database URL, taken apart.
type Address struct {
	File     string // of SQLite, or inMemory; empty for PostgreSQL
	Postgres string // the URL as it came; empty for SQLite
}

// ParseAddress takes a database URL apart; its errors never show a password.
func ParseAddress(text string) (Address, error) {
	if file, ok := strings.CutPrefix(text, "sqlite://"); ok && file != "" {
		return parseFile(file)
	}
	for _, scheme := range []string{"postgres://", "postgresql://"} {
		if strings.HasPrefix(text, scheme) {
			return Address{Postgres: text}, nil
		}
	}
	return Address{}, ErrAddress
}

// parseFile reads what follows sqlite://. A question mark begins options, as in every URL. None is supported, and an
// option such as mode=ro must not become part of the file name.
func parseFile(text string) (Address, error) {
	file, options, _ := strings.Cut(text, "?")
	if file == "" {
		return Address{}, ErrAddress
	}
	if file == text {
		return Address{File: file}, nil
	}
	name, _, _ := strings.Cut(strings.Split(options, "&")[0], "=")
	return Address{}, &OpenError{
		Problem: fmt.Sprintf("a SQLite file takes no options, and DATABASE_URL has %q", name),
		Next:    "leave out the question mark of DATABASE_URL and what follows it",
	}
}

// dsn returns the driver's form of a SQLite file with the settings to open it with.
func (a Address) dsn(settings url.Values) string {
	if a.File == InMemory {
		return "file::memory:?" + settings.Encode()
	}
	return "file:" + (&url.URL{Path: a.File}).EscapedPath() + "?" + settings.Encode()
}
